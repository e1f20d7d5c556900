-- One delivery.
SELECT delivery_id, half_year, municipality, upload_number, round, bucket, object_key, version_id, file_name, sha256, size_bytes,
    received_at, registered_at, state, reason, attempt, verdict, checked_at, facultative_used, deleted_at
FROM delivery
WHERE delivery_id = :delivery_id;
