-- The delivery of a place that counts now: the newest that is accepted or already went further.
SELECT delivery_id, half_year, municipality, upload_number, round, bucket, object_key, version_id, file_name, sha256, size_bytes,
    received_at, registered_at, state, reason, attempt, verdict, checked_at, facultative_used, deleted_at
FROM delivery
WHERE half_year = :half_year AND municipality = :municipality AND state IN ('accepted', 'approved', 'loaded', 'published')
ORDER BY received_at DESC, upload_number DESC
LIMIT 1;
