-- How many deliveries of a round are in each state, by half-year.
SELECT half_year, state, count(*) AS deliveries
FROM delivery
WHERE law = :law AND round = :round
GROUP BY half_year, state
ORDER BY half_year, state;
