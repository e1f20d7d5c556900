-- What went before this was noted is written anew once more: nobody knows whether that was done.
ALTER TABLE expiry ADD COLUMN cleaned_at timestamptz;
COMMENT ON COLUMN expiry.cleaned_at IS 'When the tables that it stood in had been written anew, so that it is out of the database''s files too.';
CREATE INDEX expiry_in_files ON expiry (kind, subject) WHERE done_at IS NOT NULL AND cleaned_at IS NULL;
GRANT UPDATE (cleaned_at) ON expiry TO gmsd_loader;
