-- What was frozen at the close of a round: how many municipalities of each status, by half-year. A provider that delivered speaks for its municipality.
WITH standing AS (
    SELECT DISTINCT ON (half_year, municipality) half_year, municipality, status
    FROM frozen
    WHERE law = :law AND round = :round
    ORDER BY half_year, municipality, status
)
SELECT half_year, status, count(*) AS municipalities
FROM standing
GROUP BY half_year, status
ORDER BY half_year, status;
