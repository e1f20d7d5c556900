-- Which provider a delivery is of is not known any more, so that one delivery of a place would count again.
DO $$
BEGIN
    IF EXISTS (SELECT FROM delivery WHERE provider <> '') THEN
        RAISE EXCEPTION 'there are deliveries of providers: they would be taken for corrections of each other';
    END IF;
END $$;
ALTER TABLE delivery
    DROP CONSTRAINT delivery_one_counts,
    DROP CONSTRAINT delivery_one_accepted;
ALTER TABLE delivery
    ADD CONSTRAINT delivery_one_counts EXCLUDE USING btree (law WITH =, half_year WITH =, municipality WITH =)
        WHERE (state IN ('approved', 'loaded', 'published')) DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT delivery_one_accepted EXCLUDE USING btree (law WITH =, half_year WITH =, municipality WITH =, round WITH =)
        WHERE (state = 'accepted') DEFERRABLE INITIALLY DEFERRED;
CREATE OR REPLACE FUNCTION receipt_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The sender's words go when the data go, the proof that something came in stays. A hash may come later than the row, once.
    IF (OLD.delivery_id, OLD.law, OLD.half_year, OLD.municipality, OLD.upload_number, OLD.round, OLD.bucket, OLD.version_id, OLD.size_bytes,
            OLD.received_at, OLD.registered_at)
        IS DISTINCT FROM (NEW.delivery_id, NEW.law, NEW.half_year, NEW.municipality, NEW.upload_number, NEW.round, NEW.bucket,
            NEW.version_id, NEW.size_bytes, NEW.received_at, NEW.registered_at)
        OR OLD.sha256 IS NOT NULL AND NEW.sha256 IS DISTINCT FROM OLD.sha256
        OR OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS DISTINCT FROM OLD.deleted_at
        OR NEW.file_name <> OLD.file_name AND (NEW.file_name <> '' OR NEW.deleted_at IS NULL)
        OR NEW.object_key <> OLD.object_key AND (NEW.object_key <> '' OR NEW.deleted_at IS NULL)
    THEN
        RAISE EXCEPTION 'the receipt of delivery % never changes', OLD.delivery_id;
    END IF;
    RETURN NEW;
END $$;
DROP VIEW delivery_row;
CREATE VIEW delivery_row AS
    SELECT delivery_id, law, half_year, municipality, upload_number, round, bucket, object_key, version_id, file_name, sha256, size_bytes,
        received_at, registered_at, state, reason, attempt, verdict, checked_at, facultative_used, deleted_at
    FROM delivery;
COMMENT ON VIEW delivery_row IS 'What gmsd.deliveries.Delivery is made of, column for field: named here, and nowhere else.';
GRANT SELECT ON delivery_row TO gmsd_loader, gmsd_publisher, gmsd_portal;
ALTER TABLE delivery DROP COLUMN provider;
