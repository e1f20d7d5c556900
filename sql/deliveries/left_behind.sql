-- Objects of the inbox that systems and transfer programs left.
SELECT object_key, version_id
FROM inbox_marker
WHERE bucket = :bucket AND what NOT IN ('delete marker', 'refused by the store', 'marker of a folder');
