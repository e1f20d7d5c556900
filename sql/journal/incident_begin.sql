-- An incident begins.
INSERT INTO incident (what, began_at, last_seen_at) VALUES (:what, :began_at, :last_seen_at);
