-- Mails that wait to be sent, oldest first.
SELECT message_id FROM mail WHERE sent_at IS NULL ORDER BY queued_at, message_id;
