-- Lost: why a mail that waits could not be sent. It is tried again, and it is said again.
ALTER TABLE mail DROP COLUMN last_error, DROP COLUMN tried_at;
