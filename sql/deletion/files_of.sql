-- The files of some tables, their indexes and their overflow, below the database's folder.
SELECT current_setting('data_directory') AS folder, pg_relation_filepath(relation.oid) AS path
FROM pg_class AS named
JOIN pg_class AS relation
    ON relation.oid IN (named.oid, named.reltoastrelid)
        OR relation.oid IN (SELECT indexrelid FROM pg_index WHERE indrelid IN (named.oid, named.reltoastrelid))
WHERE named.relname = ANY(:tables) AND named.relnamespace IN (CAST('public' AS regnamespace), CAST('pg_catalog' AS regnamespace))
