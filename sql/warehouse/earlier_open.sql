-- The first earlier round with deliveries that its close has not dealt with; no row when there is none.
SELECT round
FROM delivery
WHERE law = :law AND half_year_order(round) < half_year_order(:round) AND state IN ('received', 'accepted')
ORDER BY half_year_order(round)
LIMIT 1;
