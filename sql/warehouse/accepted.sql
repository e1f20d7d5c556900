-- The accepted deliveries of a round, by half-year and municipality.
SELECT half_year, municipality, delivery_id, state
FROM delivery
WHERE law = :law AND round = :round AND state IN ('accepted', 'approved')
ORDER BY half_year, municipality;
