-- What is written once is kept by triggers, which hold for every role, the owner included. A migration that has to change such rows takes the
-- trigger away and puts it back in its own transaction (docs/audit.md, "When a migration has to").

CREATE FUNCTION never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: what stands there never changes', lower(TG_OP), TG_TABLE_NAME;
END $$;

-- Keys ---------------------------------------------------------------------------------------------------------------

CREATE TRIGGER key_fingerprint_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON key_fingerprint
    FOR EACH STATEMENT EXECUTE FUNCTION never_changes();
REVOKE UPDATE ON key_fingerprint FROM gmsd_loader;

-- Receipts -----------------------------------------------------------------------------------------------------------

CREATE FUNCTION receipt_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER delivery_receipt BEFORE UPDATE ON delivery FOR EACH ROW EXECUTE FUNCTION receipt_never_changes();
CREATE TRIGGER delivery_stays BEFORE DELETE OR TRUNCATE ON delivery FOR EACH STATEMENT EXECUTE FUNCTION never_changes();

CREATE FUNCTION form_receipt_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER form_receipt BEFORE UPDATE ON form FOR EACH ROW EXECUTE FUNCTION form_receipt_never_changes();
CREATE TRIGGER form_stays BEFORE DELETE OR TRUNCATE ON form FOR EACH STATEMENT EXECUTE FUNCTION never_changes();

-- Releases -----------------------------------------------------------------------------------------------------------

-- From the first public object on (state building) the content of a release is what it is; only a recall may follow its publication.
CREATE FUNCTION release_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER release_row BEFORE INSERT OR UPDATE OR DELETE ON release FOR EACH ROW EXECUTE FUNCTION release_never_changes();
CREATE TRIGGER release_stays BEFORE TRUNCATE ON release FOR EACH STATEMENT EXECUTE FUNCTION never_changes();

-- Statement by statement: a release has thousands of cells.
CREATE FUNCTION ledger_never_changes() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    fixed text;
BEGIN
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        SELECT min(release_id) INTO fixed FROM written JOIN release USING (release_id) WHERE release.state NOT IN ('proposed', 'refused');
    END IF;
    IF TG_OP IN ('DELETE', 'UPDATE') AND fixed IS NULL THEN
        SELECT min(release_id) INTO fixed FROM removed JOIN release USING (release_id) WHERE release.state NOT IN ('proposed', 'refused');
    END IF;
    IF fixed IS NOT NULL THEN
        RAISE EXCEPTION 'the cells of release % never change', fixed;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_insert AFTER INSERT ON release_cell REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_never_changes();
CREATE TRIGGER ledger_update AFTER UPDATE ON release_cell REFERENCING NEW TABLE AS written OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_never_changes();
CREATE TRIGGER ledger_delete AFTER DELETE ON release_cell REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_never_changes();
CREATE TRIGGER ledger_stays BEFORE TRUNCATE ON release_cell FOR EACH STATEMENT EXECUTE FUNCTION never_changes();

-- Who only reads -----------------------------------------------------------------------------------------------------

-- The published files show every missing cell alike. What the reader sees holds no more: no reason, nothing that is not public (yet or any more).
REVOKE SELECT ON release, release_cell, round_close FROM gmsd_reader;
CREATE VIEW published_release WITH (security_barrier) AS
    SELECT release_id, number, published_at, half_years, document
    FROM release
    WHERE state = 'published';
CREATE VIEW published_cell WITH (security_barrier) AS
    SELECT release_cell.release_id, table_id, period, region, group_code, shown, rate
    FROM release_cell
    JOIN release ON release.release_id = release_cell.release_id AND release.state = 'published';
COMMENT ON VIEW published_cell IS 'The ledger as anybody may see it: a missing cell is missing, and nothing says why.';
GRANT SELECT ON published_release, published_cell TO gmsd_reader;
GRANT SELECT ON published_release, published_cell TO gmsd_loader, gmsd_publisher;
