-- Mails that were tried and could not be sent, the oldest first, and how many wait in all.
SELECT message_id, attempts, last_error, tried_at, count(*) OVER () AS refused
FROM mail
WHERE sent_at IS NULL AND attempts > 0
ORDER BY queued_at, message_id
LIMIT 3;
