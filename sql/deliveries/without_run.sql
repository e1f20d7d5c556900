-- Registered uploads that no run has been started for, in order of receipt.
SELECT delivery_id
FROM delivery
WHERE run_noted_at IS NULL
ORDER BY received_at, half_year, municipality, upload_number;
