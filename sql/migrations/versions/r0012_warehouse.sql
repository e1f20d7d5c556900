-- docs/decisions/0030-warehouse-says-it-itself.md

-- 999999999 -----------------------------------------------------------------------------------------------------------

-- Nobody known has a mark of its own and no pseudonym; a row without a person that does not bear it is refused.
ALTER TABLE record ADD COLUMN unknown_person boolean NOT NULL DEFAULT false;
UPDATE record SET unknown_person = true WHERE person IS NULL;
ALTER TABLE record ADD CONSTRAINT record_person CHECK (unknown_person = (person IS NULL));
COMMENT ON COLUMN record.unknown_person IS 'Delivered as 999999999: an arrangement, and no client. Then, and only then, there is no pseudonym.';
ALTER TABLE arrangement ADD COLUMN unknown_person boolean NOT NULL DEFAULT false;
UPDATE arrangement SET unknown_person = true WHERE person IS NULL;
ALTER TABLE arrangement ADD CONSTRAINT arrangement_person CHECK (unknown_person = (person IS NULL));
COMMENT ON COLUMN arrangement.unknown_person IS 'Delivered as 999999999: an arrangement, and no client. Then, and only then, there is no pseudonym.';

-- What a place holds --------------------------------------------------------------------------------------------------

ALTER TABLE load_account ADD COLUMN content text, ADD COLUMN key_fingerprint text;
UPDATE load_account SET key_fingerprint = (SELECT fingerprint FROM key_fingerprint WHERE name = 'pseudonym');
COMMENT ON COLUMN load_account.content IS
'Hash over all that decides the rows of the place: the same again is not loaded again. Null: loaded before there was one.';
COMMENT ON COLUMN load_account.key_fingerprint IS 'Of the key that the pseudonyms of the rows were made with.';

-- One delivery that counts --------------------------------------------------------------------------------------------

DO $$
DECLARE
    twice text;
BEGIN
    SELECT string_agg(place, ', ') INTO twice FROM (
        SELECT concat_ws(' ', law, half_year, municipality) AS place FROM delivery
        WHERE state IN ('approved', 'loaded', 'published') GROUP BY law, half_year, municipality HAVING count(*) > 1
        UNION ALL
        SELECT concat_ws(' ', law, half_year, municipality, round) AS place FROM delivery
        WHERE state = 'accepted' GROUP BY law, half_year, municipality, round HAVING count(*) > 1
    ) AS found;
    IF twice IS NOT NULL THEN
        RAISE EXCEPTION 'more than one delivery counts of a place, and none may be chosen here: %', twice;
    END IF;
END $$;

-- Looked at when the transaction ends: within it the new one may count before the old one is superseded.
ALTER TABLE delivery
    ADD CONSTRAINT delivery_one_counts EXCLUDE USING btree (law WITH =, half_year WITH =, municipality WITH =)
        WHERE (state IN ('approved', 'loaded', 'published')) DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT delivery_one_accepted EXCLUDE USING btree (law WITH =, half_year WITH =, municipality WITH =, round WITH =)
        WHERE (state = 'accepted') DEFERRABLE INITIALLY DEFERRED;

-- A new key for pseudonyms --------------------------------------------------------------------------------------------

CREATE TABLE key_rotation (
    rotation integer PRIMARY KEY,
    from_fingerprint text NOT NULL,
    to_fingerprint text NOT NULL,
    began_at timestamptz NOT NULL,
    began_by text NOT NULL CHECK (began_by <> ''),
    finished_at timestamptz,
    CHECK (from_fingerprint <> to_fingerprint)
);
CREATE UNIQUE INDEX key_rotation_one_at_a_time ON key_rotation ((true)) WHERE finished_at IS NULL;
COMMENT ON TABLE key_rotation IS 'Changes of the key for pseudonyms; while one is not finished nothing is staged, loaded or counted.';

CREATE TABLE key_rotation_done (
    rotation integer NOT NULL REFERENCES key_rotation,
    delivery_id text NOT NULL REFERENCES delivery,
    records integer NOT NULL,
    done_at timestamptz NOT NULL,
    PRIMARY KEY (rotation, delivery_id)
);
COMMENT ON TABLE key_rotation_done IS 'Deliveries whose records bear the new pseudonyms, in the bucket and in the warehouse.';

-- A fingerprint changes when everything that the warehouse holds was made anew with the other key, and never otherwise.
CREATE FUNCTION key_fingerprint_changes() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.name <> OLD.name OR NOT EXISTS (
        SELECT FROM public.key_rotation
        WHERE finished_at IS NULL AND from_fingerprint = OLD.fingerprint AND to_fingerprint = NEW.fingerprint AND OLD.name = 'pseudonym'
    ) THEN
        RAISE EXCEPTION 'update of key_fingerprint is refused: what stands there never changes';
    END IF;
    IF EXISTS (SELECT FROM public.load_account WHERE key_fingerprint IS DISTINCT FROM NEW.fingerprint) THEN
        RAISE EXCEPTION 'the warehouse holds rows that were made with the old key';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER key_fingerprint_never_changes ON key_fingerprint;
CREATE TRIGGER key_fingerprint_never_changes BEFORE DELETE OR TRUNCATE ON key_fingerprint FOR EACH STATEMENT EXECUTE FUNCTION never_changes();
CREATE TRIGGER key_fingerprint_changes BEFORE UPDATE ON key_fingerprint FOR EACH ROW EXECUTE FUNCTION key_fingerprint_changes();

-- Rights --------------------------------------------------------------------------------------------------------------

GRANT SELECT ON key_rotation, key_rotation_done TO gmsd_loader, gmsd_publisher;
GRANT INSERT ON key_rotation, key_rotation_done TO gmsd_loader;
GRANT UPDATE (finished_at) ON key_rotation TO gmsd_loader;
GRANT UPDATE (fingerprint, noted_at) ON key_fingerprint TO gmsd_loader;
