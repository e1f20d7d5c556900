-- The tables of the warehouse with the columns that are written, in their order; a table in parts once, and not what Alembic keeps.
SELECT pg_class.relname AS name, array_agg(CAST(attname AS text) ORDER BY attnum) AS columns
FROM pg_class
JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
WHERE relnamespace = CAST('public' AS regnamespace) AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> 'alembic_version'
GROUP BY pg_class.relname
ORDER BY pg_class.relname;
