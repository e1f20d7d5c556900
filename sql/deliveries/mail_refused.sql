-- The server has refused a mail.
UPDATE mail SET attempts = attempts + 1 WHERE message_id = :message_id;
