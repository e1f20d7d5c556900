-- Lost: the marks of 999999999 (a row without a person is one again), what a place was loaded from, and the account of changes of the key.
DO $$
BEGIN
    IF EXISTS (SELECT FROM key_rotation WHERE finished_at IS NULL) THEN
        RAISE EXCEPTION 'the pseudonyms are being made anew with another key: finish it first with `gmsd keys rotate`';
    END IF;
END $$;
DROP TRIGGER key_fingerprint_changes ON key_fingerprint;
DROP FUNCTION key_fingerprint_changes();
DROP TRIGGER key_fingerprint_never_changes ON key_fingerprint;
CREATE TRIGGER key_fingerprint_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON key_fingerprint
    FOR EACH STATEMENT EXECUTE FUNCTION never_changes();
REVOKE UPDATE (fingerprint, noted_at) ON key_fingerprint FROM gmsd_loader;
DROP TABLE key_rotation_done, key_rotation;

ALTER TABLE delivery DROP CONSTRAINT delivery_one_counts, DROP CONSTRAINT delivery_one_accepted;

ALTER TABLE load_account DROP COLUMN content, DROP COLUMN key_fingerprint;

ALTER TABLE record DROP CONSTRAINT record_person, DROP COLUMN unknown_person;
ALTER TABLE arrangement DROP CONSTRAINT arrangement_person, DROP COLUMN unknown_person;
