-- Every delivery of some places, in order of upload number: what decides how the next upload is taken.
SELECT delivery_id, half_year, municipality, upload_number, round, bucket, object_key, version_id, file_name, sha256, size_bytes,
    received_at, registered_at, state, reason, attempt, verdict, checked_at, facultative_used, deleted_at
FROM delivery
WHERE municipality = ANY(:municipalities) AND half_year = ANY(:half_years)
ORDER BY half_year, municipality, upload_number;
