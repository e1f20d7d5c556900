-- Register an upload.
INSERT INTO delivery (delivery_id, law, half_year, municipality, provider, upload_number, round, bucket, object_key, version_id, file_name, sha256,
    size_bytes, received_at, registered_at, state, reason, attempt, verdict)
VALUES (:delivery_id, :law, :half_year, :municipality, :provider, :upload_number, :round, :bucket, :object_key, :version_id, :file_name, :sha256,
    :size_bytes, :received_at, :registered_at, :state, :reason, :attempt, :verdict);
