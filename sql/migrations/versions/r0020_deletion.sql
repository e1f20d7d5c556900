-- A deletion is carried out in steps, each of which is noted, and ends in a proof. docs/decisions/0048-deletion.md

CREATE TABLE deletion (
    form_id text PRIMARY KEY REFERENCES form,
    began_at timestamptz NOT NULL,
    inventory jsonb NOT NULL,
    done_at timestamptz,
    proof text,
    CHECK ((done_at IS NULL) = (proof IS NULL))
);
COMMENT ON TABLE deletion IS 'What a withdrawal takes away: what was there when it began, and the proof that it went. No name, nothing that stood in a file.';
CREATE TABLE deletion_step (
    form_id text NOT NULL REFERENCES deletion,
    step text NOT NULL,
    done_at timestamptz NOT NULL,
    seconds double precision NOT NULL,
    found jsonb NOT NULL,
    PRIMARY KEY (form_id, step)
);
COMMENT ON TABLE deletion_step IS 'Steps of deletions that are done: a deletion that was killed goes on with the first that is not here.';

CREATE FUNCTION proof_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.proof IS NOT NULL OR OLD.inventory IS DISTINCT FROM NEW.inventory OR OLD.form_id <> NEW.form_id THEN
        RAISE EXCEPTION 'the proof of deletion % never changes', OLD.form_id;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER deletion_proof BEFORE UPDATE ON deletion FOR EACH ROW EXECUTE FUNCTION proof_never_changes();
CREATE TRIGGER deletion_stays BEFORE DELETE OR TRUNCATE ON deletion FOR EACH STATEMENT EXECUTE FUNCTION never_changes();

GRANT SELECT ON deletion, deletion_step TO gmsd_loader, gmsd_publisher;
GRANT INSERT ON deletion, deletion_step TO gmsd_loader;
GRANT UPDATE (done_at, proof) ON deletion TO gmsd_loader;

-- Statistics ---------------------------------------------------------------------------------------------------------

-- Samples of values end in pg_statistic, outlive the rows, and stay there when a table becomes empty: of these columns none are taken. A change of
-- type, be it to the same one, drops what was taken before; a view stands in its way.
DROP VIEW delivery_row;
ALTER TABLE delivery
    ALTER COLUMN object_key TYPE text, ALTER COLUMN object_key SET STATISTICS 0,
    ALTER COLUMN file_name TYPE text, ALTER COLUMN file_name SET STATISTICS 0,
    ALTER COLUMN reason TYPE text, ALTER COLUMN reason SET STATISTICS 0;
CREATE VIEW delivery_row AS
    SELECT delivery_id, law, half_year, municipality, upload_number, round, bucket, object_key, version_id, file_name, sha256, size_bytes,
        received_at, registered_at, state, reason, attempt, verdict, checked_at, facultative_used, deleted_at
    FROM delivery;
COMMENT ON VIEW delivery_row IS 'What gmsd.deliveries.Delivery is made of, column for field: named here, and nowhere else.';
GRANT SELECT ON delivery_row TO gmsd_loader, gmsd_publisher, gmsd_portal;
ALTER TABLE inbox_marker ALTER COLUMN object_key TYPE text, ALTER COLUMN object_key SET STATISTICS 0;
ALTER TABLE inbox_trouble ALTER COLUMN object_key TYPE text, ALTER COLUMN object_key SET STATISTICS 0;
ALTER TABLE form ALTER COLUMN content TYPE jsonb, ALTER COLUMN content SET STATISTICS 0;
ALTER TABLE check_result
    ALTER COLUMN result TYPE jsonb, ALTER COLUMN result SET STATISTICS 0,
    ALTER COLUMN op_orde TYPE jsonb, ALTER COLUMN op_orde SET STATISTICS 0,
    ALTER COLUMN lines TYPE bytea, ALTER COLUMN lines SET STATISTICS 0;
ALTER TABLE confirmation ALTER COLUMN reason TYPE text, ALTER COLUMN reason SET STATISTICS 0;
ALTER TABLE portal_reply ALTER COLUMN words TYPE text, ALTER COLUMN words SET STATISTICS 0;
ALTER TABLE mail
    ALTER COLUMN subject TYPE text, ALTER COLUMN subject SET STATISTICS 0,
    ALTER COLUMN body_text TYPE text, ALTER COLUMN body_text SET STATISTICS 0,
    ALTER COLUMN body_html TYPE text, ALTER COLUMN body_html SET STATISTICS 0;
ALTER TABLE record ALTER COLUMN person TYPE bigint, ALTER COLUMN allocation_number TYPE bigint;
ALTER TABLE arrangement ALTER COLUMN person TYPE bigint;
DO $$
DECLARE
    part regclass;
BEGIN
    FOR part IN SELECT relid FROM pg_partition_tree('record') LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN person SET STATISTICS 0, ALTER COLUMN allocation_number SET STATISTICS 0', part);
    END LOOP;
    FOR part IN SELECT relid FROM pg_partition_tree('arrangement') LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN person SET STATISTICS 0', part);
    END LOOP;
END $$;
