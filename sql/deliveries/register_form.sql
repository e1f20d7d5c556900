-- Register a form.
INSERT INTO form (form_id, form_number, kind, law, half_year, municipality, bucket, object_key, version_id, size_bytes, received_at, state)
VALUES (:form_id, :form_number, :kind, :law, :half_year, :municipality, :bucket, :object_key, :version_id, :size_bytes, :received_at,
    'received');
