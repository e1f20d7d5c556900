-- What the close of a round laid down of a half-year, by municipality: a provider that delivered speaks for it.
SELECT DISTINCT ON (municipality) municipality, status
FROM frozen
WHERE law = :law AND round = :round AND half_year = :half_year
ORDER BY municipality, status;
