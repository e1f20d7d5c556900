-- The server has taken a mail.
UPDATE mail SET sent_at = :at, tried_at = :at, attempts = attempts + 1, last_error = '' WHERE message_id = :message_id;
