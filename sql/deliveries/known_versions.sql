-- Everything of a bucket that has been registered.
SELECT object_key, version_id FROM delivery WHERE bucket = :bucket
UNION ALL
SELECT object_key, version_id FROM form WHERE bucket = :bucket
UNION ALL
SELECT object_key, version_id FROM inbox_marker WHERE bucket = :bucket;
