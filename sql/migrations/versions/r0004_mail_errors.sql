-- What was said of a mail that could not be sent, and when it was tried last.
ALTER TABLE mail ADD COLUMN last_error text NOT NULL DEFAULT '', ADD COLUMN tried_at timestamptz;
COMMENT ON COLUMN mail.last_error IS 'Why the last attempt failed, in the words of the mail server or of ours; empty when it did not.';
