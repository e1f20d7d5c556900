-- What was frozen of a half-year at the newest close before a round.
SELECT DISTINCT ON (municipality) municipality, status, delivery_id
FROM frozen
WHERE half_year = :half_year AND round < :round
ORDER BY municipality, round DESC;
