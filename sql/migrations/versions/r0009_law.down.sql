-- Refused while there is anything of another law than the Wmo, which the older schema cannot tell apart. Lost otherwise: nothing.
DO $$
DECLARE
    others text;
BEGIN
    SELECT string_agg(DISTINCT law, ', ') INTO others FROM (
        SELECT law FROM delivery UNION SELECT law FROM form UNION SELECT law FROM round_close UNION SELECT law FROM load_account
    ) AS found WHERE law <> 'wmo';
    IF others IS NOT NULL THEN
        RAISE EXCEPTION 'the schema before the law was a column cannot hold what is of %', others;
    END IF;
END $$;

DROP VIEW delivery_row;

CREATE OR REPLACE FUNCTION receipt_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The sender's words go when the data go, the proof that something came in stays. A hash may come later than the row, once.
    IF (OLD.delivery_id, OLD.half_year, OLD.municipality, OLD.upload_number, OLD.round, OLD.bucket, OLD.version_id, OLD.size_bytes,
            OLD.received_at, OLD.registered_at)
        IS DISTINCT FROM (NEW.delivery_id, NEW.half_year, NEW.municipality, NEW.upload_number, NEW.round, NEW.bucket, NEW.version_id,
            NEW.size_bytes, NEW.received_at, NEW.registered_at)
        OR OLD.sha256 IS NOT NULL AND NEW.sha256 IS DISTINCT FROM OLD.sha256
        OR OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS DISTINCT FROM OLD.deleted_at
        OR NEW.file_name <> OLD.file_name AND (NEW.file_name <> '' OR NEW.deleted_at IS NULL)
        OR NEW.object_key <> OLD.object_key AND (NEW.object_key <> '' OR NEW.deleted_at IS NULL)
    THEN
        RAISE EXCEPTION 'the receipt of delivery % never changes', OLD.delivery_id;
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION form_receipt_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.form_id, OLD.form_number, OLD.bucket, OLD.version_id, OLD.size_bytes, OLD.received_at)
        IS DISTINCT FROM (NEW.form_id, NEW.form_number, NEW.bucket, NEW.version_id, NEW.size_bytes, NEW.received_at)
        OR OLD.sha256 IS NOT NULL AND NEW.sha256 IS DISTINCT FROM OLD.sha256
        OR NEW.object_key <> OLD.object_key AND NEW.object_key <> ''
    THEN
        RAISE EXCEPTION 'the receipt of form % never changes', OLD.form_id;
    END IF;
    RETURN NEW;
END $$;

ALTER TABLE arrangement DROP COLUMN law;
ALTER TABLE record DROP COLUMN law;
ALTER TABLE load_account DROP CONSTRAINT load_account_pkey, DROP COLUMN law;
ALTER TABLE load_account ADD PRIMARY KEY (half_year, municipality);
ALTER TABLE frozen DROP CONSTRAINT frozen_law_round_half_year_fkey, DROP CONSTRAINT frozen_pkey, DROP COLUMN law;
ALTER TABLE round_close DROP CONSTRAINT round_close_pkey, DROP CONSTRAINT round_close_law, DROP CONSTRAINT round_close_half_year, DROP COLUMN law;
ALTER TABLE round_close ADD PRIMARY KEY (round, half_year);
ALTER TABLE frozen ADD PRIMARY KEY (round, half_year, municipality), ADD FOREIGN KEY (round, half_year) REFERENCES round_close;
ALTER TABLE form DROP CONSTRAINT form_place, DROP CONSTRAINT form_law, DROP CONSTRAINT form_half_year, DROP COLUMN law;
DROP INDEX delivery_number;
ALTER TABLE delivery
    DROP CONSTRAINT delivery_place, DROP CONSTRAINT delivery_law, DROP CONSTRAINT delivery_half_year, DROP COLUMN law;
CREATE UNIQUE INDEX delivery_number ON delivery (half_year, municipality, upload_number);
DROP FUNCTION half_year_order(text);
