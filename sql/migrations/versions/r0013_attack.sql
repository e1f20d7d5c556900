-- The attack on the series of releases is a gate: what it found is kept, and nothing is let out that it has not passed.

CREATE TABLE attack_report (
    release_id text NOT NULL,
    fingerprint text NOT NULL,
    law text NOT NULL,
    attacked_at timestamptz NOT NULL,
    cells integer NOT NULL CHECK (cells >= 0),
    disclosed integer NOT NULL CHECK (disclosed >= 0),
    repaired integer NOT NULL CHECK (repaired >= 0),
    lets_out boolean NOT NULL,
    seconds double precision NOT NULL,
    report jsonb NOT NULL,
    PRIMARY KEY (release_id, fingerprint)
);
COMMENT ON TABLE attack_report IS 'What the attack found of a release to come, before it could be let out; for the engineer, never public.';
COMMENT ON COLUMN attack_report.lets_out IS 'Nothing is disclosed, or the installation rounds to the nearest multiple and has been warned.';
GRANT SELECT ON attack_report TO gmsd_loader, gmsd_approver;
GRANT SELECT, INSERT, UPDATE ON attack_report TO gmsd_publisher;

CREATE TABLE release_figure (
    release_id text NOT NULL REFERENCES release,
    period text NOT NULL,
    municipality text NOT NULL,
    content text NOT NULL,
    value integer NOT NULL CHECK (value >= 0),
    PRIMARY KEY (release_id, period, municipality, content)
);
COMMENT ON TABLE release_figure IS 'The true counts that a release was made of: where the attack on later releases starts from. They never leave the warehouse.';
GRANT SELECT, INSERT, DELETE ON release_figure TO gmsd_publisher;

CREATE FUNCTION release_needs_attack() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM public.attack_report WHERE release_id = NEW.release_id AND fingerprint = NEW.fingerprint AND lets_out
    ) THEN
        RAISE EXCEPTION 'release % has not passed the attack', NEW.release_id;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER release_needs_attack BEFORE UPDATE ON release FOR EACH ROW WHEN (OLD.state = 'proposed' AND NEW.state = 'building')
    EXECUTE FUNCTION release_needs_attack();
