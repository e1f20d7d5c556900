-- Deliveries in order of receipt, by half-year, municipality, state and round; a filter that is null lets everything through.
SELECT delivery_id, half_year, municipality, upload_number, round, bucket, object_key, version_id, file_name, sha256, size_bytes,
    received_at, registered_at, state, reason, attempt, verdict, checked_at, facultative_used, deleted_at
FROM delivery
WHERE (CAST(:half_year AS text) IS NULL OR half_year = :half_year)
    AND (CAST(:municipality AS text) IS NULL OR municipality = :municipality)
    AND (CAST(:state AS text) IS NULL OR state = :state)
    AND (CAST(:round AS text) IS NULL OR round = :round)
ORDER BY received_at, registered_at, half_year, municipality, upload_number;
