-- A mail could not be sent: what was said of it, and when it is tried again.
UPDATE mail SET attempts = attempts + 1, last_error = :error, tried_at = :at, not_before = :not_before WHERE message_id = :message_id;
