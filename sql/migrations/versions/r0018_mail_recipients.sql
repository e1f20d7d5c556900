-- A mail knows its coordinator, whose personal link is put into it when it leaves; and one that was refused waits ever longer.
ALTER TABLE mail ADD COLUMN coordinator_id text REFERENCES coordinator, ADD COLUMN not_before timestamptz;
COMMENT ON COLUMN mail.coordinator_id IS 'Null: to the engineer, or to the address of a municipality for which nobody is registered.';
COMMENT ON COLUMN mail.not_before IS 'When a mail that was refused is tried again, by the time of the machine; null: at once.';
