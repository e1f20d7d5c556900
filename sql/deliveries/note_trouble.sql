-- Note an upload that could not be registered; the moment is that of the first time.
INSERT INTO inbox_trouble (bucket, object_key, version_id, since, problem)
VALUES (:bucket, :object_key, :version_id, :at, :problem)
ON CONFLICT (bucket, object_key, version_id) DO UPDATE SET problem = excluded.problem;
