-- The newest delivery of a place before this one that was accepted.
SELECT delivery_id
FROM delivery
JOIN check_result USING (delivery_id)
WHERE law = :law AND half_year = :half_year AND municipality = :municipality AND CAST(:provider AS text) IN ('', provider)
    AND op_orde IS NOT NULL
    AND state IN ('accepted', 'superseded', 'approved', 'loaded', 'published')
    AND (received_at, upload_number) < (CAST(:received_at AS timestamptz), CAST(:upload_number AS integer))
ORDER BY received_at DESC, upload_number DESC
LIMIT 1;
