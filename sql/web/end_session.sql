-- A session ends.
UPDATE portal_session SET ended_at = :at WHERE session_hash = :session_hash AND ended_at IS NULL;
