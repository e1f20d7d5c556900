-- What looked refused was an upload that took its time.
DELETE FROM inbox_marker WHERE bucket = :bucket AND object_key = :object_key AND version_id = :version_id;
