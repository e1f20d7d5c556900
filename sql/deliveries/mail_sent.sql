-- The server has taken a mail.
UPDATE mail SET sent_at = :at, attempts = attempts + 1 WHERE message_id = :message_id;
