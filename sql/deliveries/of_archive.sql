-- What has been taken in from archives: by key and hash.
SELECT object_key, version_id, delivery_id FROM delivery WHERE bucket = :bucket;
