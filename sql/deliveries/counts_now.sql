-- The delivery of a place that counts now: the newest that is accepted or already went further.
SELECT *
FROM delivery_row
WHERE law = :law AND half_year = :half_year AND municipality = :municipality AND CAST(:provider AS text) IN ('', provider)
    AND state IN ('accepted', 'approved', 'loaded', 'published')
ORDER BY received_at DESC, upload_number DESC
LIMIT 1;
