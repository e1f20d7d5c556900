-- Note a delete marker of the inbox.
INSERT INTO inbox_marker (bucket, object_key, version_id, noted_at)
VALUES (:bucket, :object_key, :version_id, :at);
