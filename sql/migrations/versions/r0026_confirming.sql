-- The portal asks whether a withdrawal is meant, and takes the confirmation. The name and reason go when they stand in the form.
GRANT SELECT, INSERT, UPDATE (used_at, name, reason), DELETE ON withdrawal_request TO gmsd_portal;
GRANT UPDATE (name, reason) ON withdrawal_request TO gmsd_loader;
-- A sample of what PostgreSQL keeps for its plans outlives the row.
ALTER TABLE withdrawal_request ALTER COLUMN name SET STATISTICS 0, ALTER COLUMN reason SET STATISTICS 0;
