-- What has gone, and may still stand in the database's files.
SELECT kind, subject FROM expiry WHERE done_at IS NOT NULL AND cleaned_at IS NULL ORDER BY kind, subject
