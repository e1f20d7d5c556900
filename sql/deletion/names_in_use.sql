-- What is called something and stays: deliveries, and what lies in the inbox that nobody delivered.
SELECT file_name FROM delivery WHERE deleted_at IS NULL AND file_name <> ''
UNION
SELECT object_key FROM inbox_marker
UNION
SELECT object_key FROM inbox_trouble
