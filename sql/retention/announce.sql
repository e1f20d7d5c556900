-- Something will go after the days of notice.
INSERT INTO expiry (kind, subject, announced_at) VALUES (:kind, :subject, :at) ON CONFLICT (kind, subject) DO NOTHING
