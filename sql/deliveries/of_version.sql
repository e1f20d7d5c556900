-- The delivery of a version of the inbox.
SELECT * FROM delivery_row WHERE bucket = :bucket AND object_key = :object_key AND version_id = :version_id;
