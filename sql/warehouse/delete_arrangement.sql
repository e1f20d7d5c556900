-- Make room for what replaces the rows of these municipalities.
DELETE FROM arrangement WHERE half_year = :half_year AND municipality = ANY(:municipalities);
