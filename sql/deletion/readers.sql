-- Who may still see the database as it was before a transaction: a rewritten table would hold for them what has been deleted.
SELECT 'process ' || pid || ' (' || coalesce(nullif(application_name, ''), backend_type) || ')' AS reader
FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND (age(backend_xmin) >= age(CAST(CAST(:xid AS text) AS xid)) OR age(backend_xid) >= age(CAST(CAST(:xid AS text) AS xid)))
UNION ALL
SELECT 'prepared transaction ' || gid FROM pg_prepared_xacts
WHERE database = current_database() AND age(transaction) >= age(CAST(CAST(:xid AS text) AS xid))
UNION ALL
SELECT 'replication slot ' || slot_name FROM pg_replication_slots
WHERE age(xmin) >= age(CAST(CAST(:xid AS text) AS xid)) OR age(catalog_xmin) >= age(CAST(CAST(:xid AS text) AS xid))
