-- A session that was not ended, with the link that it was begun by.
SELECT s.coordinator_id, s.kind, s.begun_at, s.seen_at, l.law, l.round, l.number, l.made_at, l.revoked_at
FROM portal_session s
LEFT JOIN personal_link l ON l.hash = s.link_hash
WHERE s.session_hash = :session_hash AND s.ended_at IS NULL;
