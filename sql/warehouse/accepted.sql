-- The accepted deliveries of a round, by half-year, municipality and provider.
SELECT half_year, municipality, provider, delivery_id, state
FROM delivery
WHERE law = :law AND round = :round AND state IN ('accepted', 'approved')
ORDER BY half_year, municipality, provider;
