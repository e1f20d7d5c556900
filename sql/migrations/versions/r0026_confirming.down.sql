-- Lost: nothing.
ALTER TABLE withdrawal_request ALTER COLUMN name SET STATISTICS -1, ALTER COLUMN reason SET STATISTICS -1;
REVOKE UPDATE (name, reason) ON withdrawal_request FROM gmsd_loader;
REVOKE ALL ON withdrawal_request FROM gmsd_portal;
