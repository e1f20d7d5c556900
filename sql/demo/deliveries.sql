-- What became of every upload, in order of receipt.
SELECT delivery_id, object_key, state, verdict
FROM delivery
ORDER BY received_at, law, half_year, municipality, upload_number;
