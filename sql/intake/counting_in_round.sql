-- The accepted deliveries of a round, in order.
SELECT delivery_id
FROM delivery
JOIN check_result USING (delivery_id)
WHERE law = :law AND round = :round AND state = 'accepted' AND op_orde IS NOT NULL
ORDER BY delivery_id;
