-- What the close of a round laid down, by half-year and municipality: a provider that delivered speaks for it.
SELECT DISTINCT ON (half_year, municipality) half_year, municipality, status
FROM frozen
WHERE law = :law AND round = :round
ORDER BY half_year, municipality, status;
