-- Make room for what replaces the rows of these municipalities.
DELETE FROM load_account WHERE law = :law AND half_year = :half_year AND municipality = ANY(:municipalities);
