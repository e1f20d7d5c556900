-- Deliveries that wait for their check, in order of receipt.
SELECT delivery_id
FROM delivery
WHERE state = 'received'
ORDER BY received_at, law, half_year, municipality, upload_number;
