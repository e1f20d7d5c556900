-- Uploads that could not be registered, longest first.
SELECT object_key, version_id, since, problem FROM inbox_trouble WHERE bucket = :bucket ORDER BY since, object_key, version_id;
