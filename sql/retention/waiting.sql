-- Everything that was announced and has not gone yet.
SELECT kind, subject, announced_at FROM expiry WHERE done_at IS NULL ORDER BY kind, subject
