-- Mails that were tried, could not be sent, and were queued before a moment; the oldest first.
SELECT message_id, last_error FROM mail WHERE sent_at IS NULL AND attempts > 0 AND queued_at < :before ORDER BY queued_at, message_id
