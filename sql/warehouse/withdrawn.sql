-- Municipalities that withdrew a half-year in a round.
SELECT DISTINCT half_year, municipality
FROM delivery
WHERE law = :law AND round = :round AND state = 'withdrawn';
