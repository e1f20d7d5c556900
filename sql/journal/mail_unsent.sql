-- Mails that wait to be sent: those that were tried least first, then the oldest.
SELECT message_id FROM mail WHERE sent_at IS NULL ORDER BY attempts, queued_at, message_id;
