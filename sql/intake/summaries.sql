-- The stored counts of some deliveries; one that was withdrawn meanwhile has none any more.
SELECT delivery_id, CAST(op_orde -> 'summary' AS text) AS summary
FROM check_result
WHERE delivery_id = ANY(:ids) AND op_orde IS NOT NULL
ORDER BY delivery_id;
