-- Until now everything was of the Wmo. A column that is added with a default needs no row to be written, so no trigger is in the way; the
-- default goes at once, so that a statement that forgets the law fails. docs/decisions/0027-law-as-a-column.md

-- Half-years in time -------------------------------------------------------------------------------------------------

CREATE FUNCTION half_year_order(half_year text) RETURNS integer LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF half_year !~ '^[0-9]{4}-H[12]$' THEN
        RAISE EXCEPTION 'not a half-year: %', half_year;
    END IF;
    RETURN 2 * left(half_year, 4)::integer + right(half_year, 1)::integer;
END $$;
COMMENT ON FUNCTION half_year_order IS 'The place of a half-year, and so of a round, in time; whatever is no half-year is an error, not a place.';

-- The law ------------------------------------------------------------------------------------------------------------

ALTER TABLE delivery ADD COLUMN law text DEFAULT 'wmo';
UPDATE delivery SET law = NULL WHERE half_year IS NULL;
ALTER TABLE delivery
    ALTER COLUMN law DROP DEFAULT,
    ADD CONSTRAINT delivery_place CHECK (num_nulls(law, half_year, municipality) IN (0, 3)),
    ADD CONSTRAINT delivery_law CHECK (law ~ '^[a-z]+$'),
    ADD CONSTRAINT delivery_half_year CHECK (half_year_order(half_year) > 0 AND half_year_order(round) > 0);
COMMENT ON COLUMN delivery.law IS 'The folder of expectations/ that holds its rules; null, like half-year and municipality, of what is in no place.';
DROP INDEX delivery_number;
CREATE UNIQUE INDEX delivery_number ON delivery (law, half_year, municipality, upload_number);

ALTER TABLE form ADD COLUMN law text DEFAULT 'wmo';
UPDATE form SET law = NULL WHERE half_year IS NULL;
ALTER TABLE form
    ALTER COLUMN law DROP DEFAULT,
    ADD CONSTRAINT form_place CHECK (num_nulls(law, half_year, municipality) IN (0, 3)),
    ADD CONSTRAINT form_law CHECK (law ~ '^[a-z]+$'),
    ADD CONSTRAINT form_half_year CHECK (half_year_order(half_year) > 0 AND half_year_order(round) > 0);

ALTER TABLE frozen DROP CONSTRAINT frozen_round_half_year_fkey;
ALTER TABLE round_close
    ADD COLUMN law text NOT NULL DEFAULT 'wmo' CONSTRAINT round_close_law CHECK (law ~ '^[a-z]+$'),
    DROP CONSTRAINT round_close_pkey,
    ADD CONSTRAINT round_close_half_year CHECK (half_year_order(half_year) > 0 AND half_year_order(round) > 0);
ALTER TABLE round_close ALTER COLUMN law DROP DEFAULT, ADD PRIMARY KEY (law, round, half_year);
ALTER TABLE frozen ADD COLUMN law text NOT NULL DEFAULT 'wmo', DROP CONSTRAINT frozen_pkey;
ALTER TABLE frozen
    ALTER COLUMN law DROP DEFAULT,
    ADD PRIMARY KEY (law, round, half_year, municipality),
    ADD FOREIGN KEY (law, round, half_year) REFERENCES round_close;

ALTER TABLE load_account ADD COLUMN law text NOT NULL DEFAULT 'wmo', DROP CONSTRAINT load_account_pkey;
ALTER TABLE load_account ALTER COLUMN law DROP DEFAULT, ADD PRIMARY KEY (law, half_year, municipality);
ALTER TABLE record ADD COLUMN law text NOT NULL DEFAULT 'wmo';
ALTER TABLE record ALTER COLUMN law DROP DEFAULT;
ALTER TABLE arrangement ADD COLUMN law text NOT NULL DEFAULT 'wmo';
ALTER TABLE arrangement ALTER COLUMN law DROP DEFAULT;

-- The law of a receipt is a fact of it like its half-year, and so is the place of a form.
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

CREATE OR REPLACE FUNCTION form_receipt_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.form_id, OLD.form_number, OLD.law, OLD.half_year, OLD.municipality, OLD.bucket, OLD.version_id, OLD.size_bytes, OLD.received_at)
        IS DISTINCT FROM (NEW.form_id, NEW.form_number, NEW.law, NEW.half_year, NEW.municipality, NEW.bucket, NEW.version_id,
            NEW.size_bytes, NEW.received_at)
        OR OLD.sha256 IS NOT NULL AND NEW.sha256 IS DISTINCT FROM OLD.sha256
        OR NEW.object_key <> OLD.object_key AND NEW.object_key <> ''
    THEN
        RAISE EXCEPTION 'the receipt of form % never changes', OLD.form_id;
    END IF;
    RETURN NEW;
END $$;

-- A delivery as the library reads it ---------------------------------------------------------------------------------

CREATE VIEW delivery_row AS
    SELECT delivery_id, law, half_year, municipality, upload_number, round, bucket, object_key, version_id, file_name, sha256, size_bytes,
        received_at, registered_at, state, reason, attempt, verdict, checked_at, facultative_used, deleted_at
    FROM delivery;
COMMENT ON VIEW delivery_row IS 'What gmsd.deliveries.Delivery is made of, column for field: named here, and nowhere else.';
GRANT SELECT ON delivery_row TO gmsd_loader, gmsd_publisher;
