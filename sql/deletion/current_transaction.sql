-- The number of this transaction.
SELECT CAST(pg_current_xact_id() AS text)
