-- Take a named lock and hold it to the end of the transaction; false when somebody else has it.
SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0));
