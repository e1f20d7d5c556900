-- Municipalities that withdrew a half-year in a round.
SELECT DISTINCT half_year, municipality
FROM delivery
WHERE round = :round AND state = 'withdrawn' AND half_year IS NOT NULL;
