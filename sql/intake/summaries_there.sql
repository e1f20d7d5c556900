-- Which of some deliveries still have counts: one that was withdrawn meanwhile has none any more.
SELECT delivery_id
FROM check_result
WHERE delivery_id = ANY(:ids) AND op_orde IS NOT NULL
ORDER BY delivery_id;
