-- An upload has been registered after all, or is gone.
DELETE FROM inbox_trouble WHERE bucket = :bucket AND object_key = :object_key AND version_id = :version_id;
