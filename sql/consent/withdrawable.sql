-- The deliveries of a place in a round that a withdrawal takes away: all that came in up to the form, whatever became of them.
SELECT delivery_id, half_year, municipality, upload_number, round, bucket, object_key, version_id, file_name, sha256, size_bytes,
    received_at, registered_at, state, reason, attempt, verdict, checked_at, facultative_used, deleted_at
FROM delivery
WHERE half_year = :half_year AND municipality = :municipality AND round = :round AND received_at <= :received_at AND deleted_at IS NULL
ORDER BY received_at, upload_number;
