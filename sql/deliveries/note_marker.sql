-- Note an object of the inbox that nobody delivered.
INSERT INTO inbox_marker (bucket, object_key, version_id, noted_at, what, current_version)
VALUES (:bucket, :object_key, :version_id, :at, :what, :current_version)
ON CONFLICT DO NOTHING;
