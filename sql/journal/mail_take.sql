-- One unsent mail, for this task alone.
SELECT message_id, coordinator_id, recipient, subject, body_text, body_html, queued_at, attempts
FROM mail
WHERE message_id = :message_id AND sent_at IS NULL
FOR UPDATE SKIP LOCKED;
