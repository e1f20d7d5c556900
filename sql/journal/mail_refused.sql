-- A mail could not be sent: what was said of it.
UPDATE mail SET attempts = attempts + 1, last_error = :error, tried_at = :at WHERE message_id = :message_id;
