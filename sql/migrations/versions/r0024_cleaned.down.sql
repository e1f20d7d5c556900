-- Lost: whether tables still have to be written anew.
ALTER TABLE expiry DROP COLUMN cleaned_at;
