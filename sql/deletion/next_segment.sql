-- Go on in the next segment of the log.
SELECT pg_switch_wal()
