-- One form.
SELECT form_id, kind, law, half_year, municipality, round, bucket, object_key, version_id, received_at, state
FROM form
WHERE form_id = :form_id;
