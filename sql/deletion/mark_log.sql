-- Something in this segment of the log, so that it can be left for the next.
SELECT pg_logical_emit_message(false, 'gmsd', '')
