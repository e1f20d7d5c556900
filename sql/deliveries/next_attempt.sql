-- The next counted upload of a place in a round.
SELECT coalesce(max(attempt), 0) + 1
FROM delivery
WHERE law = :law AND half_year = :half_year AND municipality = :municipality AND CAST(:provider AS text) IN ('', provider) AND round = :round;
