-- Mails that wait to be sent: those that were tried least first, then the oldest; and whether their turn has come.
SELECT message_id, not_before IS NULL OR not_before <= :now AS due FROM mail WHERE sent_at IS NULL ORDER BY attempts, queued_at, message_id;
