-- One form.
SELECT form_id, kind, half_year, municipality, round, bucket, object_key, version_id, size_bytes, received_at, state, content
FROM form
WHERE form_id = :form_id;
