-- Share a named lock to the end of the transaction.
SELECT pg_advisory_xact_lock_shared(hashtextextended(:name, 0));
