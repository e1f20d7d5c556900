-- A session is used.
UPDATE portal_session SET seen_at = :at WHERE session_hash = :session_hash AND ended_at IS NULL;
