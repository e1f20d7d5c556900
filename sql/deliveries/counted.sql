-- How many uploads of a place have counted in a round.
SELECT count(*)
FROM delivery
WHERE half_year = :half_year AND municipality = :municipality AND round = :round AND attempt IS NOT NULL;
