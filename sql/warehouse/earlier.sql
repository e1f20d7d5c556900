-- What was frozen of a half-year at the newest close before a round.
SELECT DISTINCT ON (municipality) municipality, status, delivery_id
FROM frozen
WHERE law = :law AND half_year = :half_year AND half_year_order(round) < half_year_order(:round)
ORDER BY municipality, half_year_order(round) DESC;
