-- Make room for what replaces the rows of these municipalities.
DELETE FROM record WHERE law = :law AND half_year = :half_year AND municipality = ANY(:municipalities);
