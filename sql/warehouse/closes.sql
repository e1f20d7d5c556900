-- What was frozen at the close of a round: how many municipalities of each status, by half-year.
SELECT half_year, status, count(*) AS municipalities
FROM frozen
WHERE law = :law AND round = :round
GROUP BY half_year, status
ORDER BY half_year, status;
