-- Deliveries that came in by the inbox and wait for their check, in order of receipt.
SELECT delivery_id
FROM delivery
WHERE state = 'received' AND bucket <> :archive
ORDER BY received_at, law, half_year, municipality, upload_number;
