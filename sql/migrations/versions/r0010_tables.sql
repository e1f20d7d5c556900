-- A release is of one law and holds several tables; a cell of the ledger is one measure of one combination of keys, and so is a true figure.

-- True figures: what is stored is computed again from the arrangements, so the name of its measure is enough.
ALTER TABLE figure ADD COLUMN measure text NOT NULL DEFAULT 'WmoClienten_1';
ALTER TABLE figure ALTER COLUMN measure DROP DEFAULT;
ALTER TABLE figure RENAME COLUMN clients TO value;
ALTER TABLE figure DROP CONSTRAINT figure_pkey;
ALTER TABLE figure ADD PRIMARY KEY (table_id, measure, period, municipality, group_code);
COMMENT ON COLUMN figure.group_code IS 'Keys of the dimensions of the table besides region and period, blank-separated, totals left out.';

-- Whose rows never change is moved with the triggers of the owner away, and put back in this transaction (docs/audit.md, "When a migration has to").
ALTER TABLE release DISABLE TRIGGER USER;
ALTER TABLE release ADD COLUMN law text NOT NULL DEFAULT 'wmo';
ALTER TABLE release ALTER COLUMN law DROP DEFAULT;
ALTER TABLE release ENABLE TRIGGER USER;
ALTER TABLE release_question DISABLE TRIGGER USER;
ALTER TABLE release_question ADD COLUMN law text NOT NULL DEFAULT 'wmo';
ALTER TABLE release_question ALTER COLUMN law DROP DEFAULT;
ALTER TABLE release_question ENABLE TRIGGER USER;

-- The law of a release is part of what it says.
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
        AND (OLD.release_id, OLD.number, OLD.law, OLD.round, OLD.created_at, OLD.half_years, OLD.document, OLD.account_sha256)
        IS DISTINCT FROM (NEW.release_id, NEW.number, NEW.law, NEW.round, NEW.created_at, NEW.half_years, NEW.document, NEW.account_sha256)
    THEN
        RAISE EXCEPTION 'what release % says never changes', OLD.release_id;
    END IF;
    IF NEW.published_at IS DISTINCT FROM OLD.published_at AND (OLD.state, NEW.state) IS DISTINCT FROM ('building', 'published') THEN
        RAISE EXCEPTION 'the moment of publication of release % never changes', OLD.release_id;
    END IF;
    RETURN NEW;
END $$;

-- The ledger: count and rate stood side by side, and become a row each. A rate without known inhabitants has its own reason.
DROP VIEW published_cell;
ALTER TABLE release_cell DISABLE TRIGGER USER;
ALTER TABLE release_cell ADD COLUMN measure text NOT NULL DEFAULT 'WmoClienten_1';
ALTER TABLE release_cell ALTER COLUMN measure DROP DEFAULT;
ALTER TABLE release_cell DROP CONSTRAINT release_cell_pkey;
ALTER TABLE release_cell ADD PRIMARY KEY (release_id, table_id, measure, period, region, group_code);
ALTER TABLE release_cell DROP CONSTRAINT release_cell_check;
ALTER TABLE release_cell DROP CONSTRAINT release_cell_reason_check;
ALTER TABLE release_cell RENAME COLUMN shown TO value;
ALTER TABLE release_cell ALTER COLUMN value TYPE bigint;
INSERT INTO release_cell (release_id, table_id, measure, period, region, group_code, value, rate, reason)
    SELECT release_id, table_id, 'WmoClientenPer1000Inwoners_2', period, region, group_code, rate, NULL,
        CASE WHEN value IS NOT NULL AND rate IS NULL THEN 'no_base' ELSE reason END
    FROM release_cell;
ALTER TABLE release_cell DROP COLUMN rate;
ALTER TABLE release_cell ADD CHECK (reason IN ('shown', 'suppressed', 'withdrawn', 'not_delivered', 'dissolved', 'coverage', 'no_base'));
ALTER TABLE release_cell ADD CHECK ((reason = 'shown') = (value IS NOT NULL));
ALTER TABLE release_cell ENABLE TRIGGER USER;
COMMENT ON COLUMN release_cell.group_code IS 'Keys of the dimensions of the table besides region and period, blank-separated, totals left out.';
COMMENT ON COLUMN release_cell.reason IS 'shown, or why there is no value; no_base: a rate whose inhabitants are not known.';

CREATE VIEW published_cell WITH (security_barrier) AS
    SELECT release_cell.release_id, table_id, measure, period, region, group_code, value
    FROM release_cell
    JOIN release ON release.release_id = release_cell.release_id AND release.state = 'published';
COMMENT ON VIEW published_cell IS 'The ledger as anybody may see it: a missing cell is missing, and nothing says why.';
GRANT SELECT ON published_cell TO gmsd_reader, gmsd_loader, gmsd_publisher;
