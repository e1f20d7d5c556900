-- The delivery that a file of an archive was made into; no row when it was not yet.
SELECT delivery_id FROM delivery WHERE bucket = :bucket AND object_key = :object_key AND version_id = :version_id;
