-- One release is built or published at a time.
SELECT pg_advisory_xact_lock(83262)
