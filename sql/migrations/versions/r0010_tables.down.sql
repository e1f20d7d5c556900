-- Lost: cells of the ledger of any measure but the two of the first table (they stand in the files of their releases, and
-- `gmsd releases recover` reads them again), and true figures of other measures (they are counted again).
-- Refused while there is a release of another law than the Wmo, which the older schema cannot tell apart.
DO $$
BEGIN
    IF EXISTS (SELECT FROM release WHERE law <> 'wmo') OR EXISTS (SELECT FROM release_question WHERE law <> 'wmo') THEN
        RAISE EXCEPTION 'the schema before releases had a law cannot hold a release of another law than the Wmo';
    END IF;
END $$;

DELETE FROM figure WHERE measure <> 'WmoClienten_1';
ALTER TABLE figure DROP CONSTRAINT figure_pkey, DROP COLUMN measure;
ALTER TABLE figure RENAME COLUMN value TO clients;
ALTER TABLE figure ADD PRIMARY KEY (table_id, period, municipality, group_code);
COMMENT ON COLUMN figure.group_code IS NULL;

DROP VIEW published_cell;
ALTER TABLE release_cell DISABLE TRIGGER USER;
ALTER TABLE release_cell
    DROP CONSTRAINT release_cell_pkey,
    DROP CONSTRAINT release_cell_reason_check,
    DROP CONSTRAINT release_cell_check,
    ADD COLUMN rate integer;
UPDATE release_cell AS counted
SET rate = rated.value
FROM release_cell AS rated
WHERE counted.measure = 'WmoClienten_1' AND rated.measure = 'WmoClientenPer1000Inwoners_2'
    AND (counted.release_id, counted.table_id, counted.period, counted.region, counted.group_code)
        = (rated.release_id, rated.table_id, rated.period, rated.region, rated.group_code);
DELETE FROM release_cell WHERE measure <> 'WmoClienten_1';
ALTER TABLE release_cell DROP COLUMN measure;
ALTER TABLE release_cell RENAME COLUMN value TO shown;
ALTER TABLE release_cell ALTER COLUMN shown TYPE integer;
ALTER TABLE release_cell
    ADD PRIMARY KEY (release_id, table_id, period, region, group_code),
    ADD CHECK (reason IN ('shown', 'suppressed', 'withdrawn', 'not_delivered', 'dissolved', 'coverage')),
    ADD CHECK ((reason = 'shown') = (shown IS NOT NULL));
ALTER TABLE release_cell ENABLE TRIGGER USER;
COMMENT ON COLUMN release_cell.group_code IS NULL;
COMMENT ON COLUMN release_cell.reason IS NULL;
CREATE VIEW published_cell WITH (security_barrier) AS
    SELECT release_cell.release_id, table_id, period, region, group_code, shown, rate
    FROM release_cell
    JOIN release ON release.release_id = release_cell.release_id AND release.state = 'published';
COMMENT ON VIEW published_cell IS 'The ledger as anybody may see it: a missing cell is missing, and nothing says why.';
GRANT SELECT ON published_cell TO gmsd_reader, gmsd_loader, gmsd_publisher;

CREATE OR REPLACE FUNCTION release_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'proposed' OR NEW.published_at IS NOT NULL THEN
            RAISE EXCEPTION 'release % begins as proposed, not as %', NEW.release_id, NEW.state;
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF OLD.state NOT IN ('proposed', 'refused') THEN
            RAISE EXCEPTION 'release % is % and is never deleted', OLD.release_id, OLD.state;
        END IF;
        RETURN OLD;
    END IF;
    IF (OLD.state, NEW.state) NOT IN (('proposed', 'proposed'), ('proposed', 'refused'), ('proposed', 'building'), ('refused', 'refused'),
        ('refused', 'proposed'), ('building', 'building'), ('building', 'published'), ('published', 'published'), ('published', 'recalled'),
        ('recalled', 'recalled'))
    THEN
        RAISE EXCEPTION 'release % is % and cannot become %', OLD.release_id, OLD.state, NEW.state;
    END IF;
    IF NEW.state IN ('building', 'published', 'recalled')
        AND (OLD.release_id, OLD.number, OLD.round, OLD.created_at, OLD.half_years, OLD.document, OLD.account_sha256)
        IS DISTINCT FROM (NEW.release_id, NEW.number, NEW.round, NEW.created_at, NEW.half_years, NEW.document, NEW.account_sha256)
    THEN
        RAISE EXCEPTION 'what release % says never changes', OLD.release_id;
    END IF;
    IF NEW.published_at IS DISTINCT FROM OLD.published_at AND (OLD.state, NEW.state) IS DISTINCT FROM ('building', 'published') THEN
        RAISE EXCEPTION 'the moment of publication of release % never changes', OLD.release_id;
    END IF;
    RETURN NEW;
END $$;
ALTER TABLE release DROP COLUMN law;
ALTER TABLE release_question DROP COLUMN law;
