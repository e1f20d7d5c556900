-- The first earlier round with deliveries, of a half-year that this round takes too, that its close has not dealt with; no row when there
-- is none.
SELECT round
FROM delivery
WHERE law = :law AND half_year_order(round) < half_year_order(:round) AND half_year = ANY(:takes) AND state IN ('received', 'accepted')
ORDER BY half_year_order(round)
LIMIT 1;
