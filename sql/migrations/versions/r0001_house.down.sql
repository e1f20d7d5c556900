-- Everything: only of an installation in which nothing has happened yet. A database that holds receipts is dropped by a person, or not at all.
DO $$
BEGIN
    IF EXISTS (SELECT FROM delivery) OR EXISTS (SELECT FROM form) OR EXISTS (SELECT FROM audit) THEN
        RAISE EXCEPTION 'this database holds receipts: it is not taken down by a migration';
    END IF;
END $$;
DROP TABLE release_cell, release, figure, arrangement, record, load_account, frozen, round_close, mail, audit, inbox_marker, form,
    check_result, delivery, key_fingerprint, clock;
DROP FUNCTION audit_is_append_only();
