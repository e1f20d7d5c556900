-- Deliveries whose bytes must lie in the private place, and what was written there.
SELECT delivery.delivery_id, delivery.size_bytes, delivery_copy.etag, delivery_copy.missing_since
FROM delivery
LEFT JOIN delivery_copy ON delivery_copy.delivery_id = delivery.delivery_id
WHERE delivery.sha256 IS NOT NULL AND delivery.deleted_at IS NULL AND delivery.state <> 'withdrawn'
ORDER BY delivery.received_at, delivery.delivery_id;
