-- The delivery that counts now of every place among some, newest first.
SELECT DISTINCT ON (half_year, municipality) delivery_id, half_year, municipality, upload_number, round, bucket, object_key, version_id, file_name, sha256, size_bytes,
    received_at, registered_at, state, reason, attempt, verdict, checked_at, facultative_used, deleted_at
FROM delivery
WHERE municipality = ANY(:municipalities) AND half_year = ANY(:half_years) AND state IN ('accepted', 'approved', 'loaded', 'published')
ORDER BY half_year, municipality, received_at DESC, upload_number DESC;
