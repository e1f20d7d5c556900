-- What was announced long enough ago and has not gone yet.
SELECT kind, subject FROM expiry WHERE done_at IS NULL AND announced_at <= :before ORDER BY kind, subject
