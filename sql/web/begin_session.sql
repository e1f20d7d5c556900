-- A session begins.
INSERT INTO portal_session (session_hash, coordinator_id, kind, link_hash, begun_at, seen_at)
VALUES (:session_hash, :coordinator_id, :kind, :link_hash, :at, :at);
