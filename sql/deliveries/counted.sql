-- How many uploads of a place have counted in a round.
SELECT count(*)
FROM delivery
WHERE law = :law AND half_year = :half_year AND municipality = :municipality AND CAST(:provider AS text) IN ('', provider) AND round = :round AND attempt IS NOT NULL;
