-- Lost: what the store called each private copy (the copies stay, and are found again after an upgrade), what kind of object was noted in the
-- inbox (it stays noted), and since when an upload cannot be registered (it is tried again).
REVOKE DELETE ON inbox_marker FROM gmsd_loader;
DROP TABLE inbox_trouble, delivery_copy;
ALTER TABLE inbox_marker DROP COLUMN what, DROP COLUMN current_version;
COMMENT ON TABLE inbox_marker IS 'Delete markers seen in the inbox: noted, and no withdrawal.';
