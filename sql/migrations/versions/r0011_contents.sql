-- A true figure is of what is counted, whichever tables show it; a year is joined from records, by how its deliveries told what is the same.

-- Figures of another table than 83262NED are computed again by the next load of their round.
DELETE FROM figure WHERE table_id <> '83262NED';
ALTER TABLE figure DROP CONSTRAINT figure_pkey;
ALTER TABLE figure ADD COLUMN law text NOT NULL DEFAULT 'wmo';
ALTER TABLE figure ALTER COLUMN law DROP DEFAULT;
ALTER TABLE figure RENAME COLUMN group_code TO content;
ALTER TABLE figure DROP COLUMN table_id;
ALTER TABLE figure DROP COLUMN measure;
ALTER TABLE figure ADD PRIMARY KEY (law, period, municipality, content);
COMMENT ON TABLE figure IS 'True counts; they never leave the warehouse.';
COMMENT ON COLUMN figure.content IS 'What is counted: the name that the draws of its protection hang on (docs/decisions/0028).';

ALTER TABLE load_account ADD COLUMN allocation_filled boolean;
UPDATE load_account SET allocation_filled = NOT EXISTS (
    SELECT FROM record
    WHERE record.law = load_account.law AND record.half_year = load_account.half_year AND record.municipality = load_account.municipality
        AND record.allocation_number IS NULL
);
ALTER TABLE load_account ALTER COLUMN allocation_filled SET NOT NULL;
COMMENT ON COLUMN load_account.allocation_filled IS 'Every record of the delivery carries an allocation number, so that the number may tell what is the same.';

-- Cells that the attack found out, and that stay missing in every table from that release on.
CREATE TABLE repair (
    law text NOT NULL,
    period text NOT NULL,
    municipality text NOT NULL,
    content text NOT NULL,
    since text NOT NULL REFERENCES release,
    PRIMARY KEY (law, period, municipality, content)
);
COMMENT ON TABLE repair IS 'What stays missing because the attack on the series of releases found it out; nothing public tells which cells these are.';
GRANT SELECT ON repair TO gmsd_loader;
GRANT SELECT, INSERT, DELETE ON repair TO gmsd_publisher;

-- Half-years that are taken out of publication until that is lifted; a row is never changed but to lift it.
CREATE TABLE recall (
    recall integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    law text NOT NULL,
    half_year text NOT NULL,
    recalled_at timestamptz NOT NULL,
    recalled_by text NOT NULL,
    reason text NOT NULL CHECK (reason <> ''),
    lifted_at timestamptz,
    lifted_by text,
    CHECK ((lifted_at IS NULL) = (lifted_by IS NULL))
);
CREATE UNIQUE INDEX recall_in_force ON recall (law, half_year) WHERE lifted_at IS NULL;
COMMENT ON TABLE recall IS 'Half-years that no release shows while the recall stands.';
GRANT SELECT ON recall TO gmsd_loader, gmsd_publisher;
GRANT INSERT, UPDATE (lifted_at, lifted_by) ON recall TO gmsd_publisher;
