-- Unchecked deliveries of a place, in order of receipt, up to and including one of them.
SELECT delivery_id
FROM delivery
WHERE law = :law AND half_year = :half_year AND municipality = :municipality AND state = 'received'
    AND (received_at, upload_number) <= (CAST(:received_at AS timestamptz), CAST(:upload_number AS integer))
ORDER BY received_at, upload_number;
