-- What the store was seen to refuse, and which version was current then.
SELECT object_key, version_id, current_version FROM inbox_marker WHERE bucket = :bucket AND what = :what;
