-- Wait for a named lock and hold it to the end of the transaction.
SELECT pg_advisory_xact_lock(hashtextextended(:name, 0));
