-- Deliveries of a round that still wait for their check.
SELECT delivery_id FROM delivery WHERE law = :law AND round = :round AND state = 'received' ORDER BY received_at, delivery_id;
