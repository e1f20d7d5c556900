-- The tables of the house. Half-years are written 2019-H1, periods of figures as StatLine does (2019HJ01, 2019JJ00), moments with time zone.

CREATE TABLE clock (
    id smallint PRIMARY KEY CHECK (id = 1),
    instant timestamptz
);
COMMENT ON TABLE clock IS 'The movable time of a demo or a test; in production the table is empty.';

CREATE TABLE key_fingerprint (
    name text PRIMARY KEY,
    fingerprint text NOT NULL,
    noted_at timestamptz NOT NULL
);
COMMENT ON TABLE key_fingerprint IS 'First half of the sha-256 of each secret key: a lost or changed key is noticed and refused.';

-- Receipts and states ------------------------------------------------------------------------------------------------

CREATE TABLE delivery (
    delivery_id text PRIMARY KEY,
    half_year text,
    municipality text,
    upload_number integer NOT NULL,
    round text,
    bucket text NOT NULL,
    object_key text NOT NULL,
    version_id text NOT NULL,
    file_name text NOT NULL,
    sha256 text,
    size_bytes bigint NOT NULL,
    received_at timestamptz NOT NULL,
    registered_at timestamptz NOT NULL,
    -- What follows changes with the state; what stands above never does.
    state text NOT NULL DEFAULT 'received' CHECK (state IN ('received', 'unplaced', 'early', 'late', 'repeat', 'over_limit', 'unreadable',
        'rejected', 'accepted', 'superseded', 'withdrawn', 'approved', 'loaded', 'published')),
    reason text NOT NULL DEFAULT '',
    attempt integer,
    verdict text CHECK (verdict IN ('accepted', 'accepted_without_facultative', 'rejected')),
    checked_at timestamptz,
    facultative_used boolean,
    deleted_at timestamptz,
    UNIQUE (bucket, object_key, version_id)
);
CREATE UNIQUE INDEX delivery_number ON delivery (half_year, municipality, upload_number);
CREATE INDEX delivery_by_place ON delivery (municipality, half_year, received_at);
COMMENT ON COLUMN delivery.attempt IS 'Which counted upload of municipality, half-year and round this is (1 to 22); null when it does not count.';

CREATE TABLE check_result (
    delivery_id text PRIMARY KEY REFERENCES delivery,
    result jsonb NOT NULL,
    op_orde jsonb,
    rules_version text NOT NULL,
    checked_at timestamptz NOT NULL
);
COMMENT ON TABLE check_result IS 'The result of the technical check (gmsd-check/1) and, for accepted deliveries, the counts of the op-orde report.';

CREATE TABLE form (
    form_id text PRIMARY KEY,
    form_number integer NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN ('withdrawal', 'explanation', 'unknown')),
    half_year text,
    municipality text,
    round text,
    bucket text NOT NULL,
    object_key text NOT NULL,
    version_id text NOT NULL,
    sha256 text,
    size_bytes bigint NOT NULL,
    received_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('received', 'malformed', 'too_late', 'too_early', 'filed', 'carried_out', 'replaced', 'nothing_to_withdraw')),
    reason text NOT NULL DEFAULT '',
    content jsonb,
    carried_out_at timestamptz,
    UNIQUE (bucket, object_key, version_id)
);

CREATE TABLE inbox_marker (
    bucket text NOT NULL,
    object_key text NOT NULL,
    version_id text NOT NULL,
    noted_at timestamptz NOT NULL,
    PRIMARY KEY (bucket, object_key, version_id)
);
COMMENT ON TABLE inbox_marker IS 'Delete markers seen in the inbox: noted, and no withdrawal.';

CREATE TABLE audit (
    sequence bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    subject text NOT NULL,
    event text NOT NULL,
    from_state text,
    to_state text,
    reason text NOT NULL,
    actor text NOT NULL,
    details jsonb NOT NULL,
    previous_hash text NOT NULL,
    hash text NOT NULL UNIQUE
);
CREATE INDEX audit_by_subject ON audit (subject, sequence);
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only';
END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();

CREATE TABLE mail (
    message_id text PRIMARY KEY,
    subject_id text NOT NULL,
    kind text NOT NULL,
    municipality text,
    recipient text NOT NULL,
    subject text NOT NULL,
    body_text text NOT NULL,
    body_html text NOT NULL,
    queued_at timestamptz NOT NULL,
    sent_at timestamptz,
    attempts integer NOT NULL DEFAULT 0
);
CREATE INDEX mail_unsent ON mail (queued_at) WHERE sent_at IS NULL;
COMMENT ON TABLE mail IS 'Outgoing mail, written with the state that causes it and sent after the commit.';

-- Closing and loading ------------------------------------------------------------------------------------------------

CREATE TABLE round_close (
    round text NOT NULL,
    half_year text NOT NULL,
    closed_at timestamptz NOT NULL,
    deliveries integer NOT NULL,
    PRIMARY KEY (round, half_year)
);

CREATE TABLE frozen (
    round text NOT NULL,
    half_year text NOT NULL,
    municipality text NOT NULL,
    status text NOT NULL CHECK (status IN ('delivered', 'kept', 'withdrawn', 'not_delivered')),
    delivery_id text REFERENCES delivery,
    PRIMARY KEY (round, half_year, municipality),
    FOREIGN KEY (round, half_year) REFERENCES round_close,
    CHECK ((status IN ('delivered', 'kept')) = (delivery_id IS NOT NULL))
);
COMMENT ON TABLE frozen IS 'What counts of each municipality and half-year as of the close of a round: a delivery of this round, one kept from an earlier round, or nothing and why.';

CREATE TABLE load_account (
    half_year text NOT NULL,
    municipality text NOT NULL,
    delivery_id text NOT NULL REFERENCES delivery,
    rows_in integer NOT NULL,
    rows_used integer NOT NULL,
    rows_out_of_scope integer NOT NULL,
    rows_never_sent integer NOT NULL,
    rows_unknown_person integer NOT NULL,
    rows_merged integer NOT NULL,
    arrangements integer NOT NULL,
    persons integer NOT NULL,
    loaded_at timestamptz NOT NULL,
    PRIMARY KEY (half_year, municipality),
    CHECK (rows_in = rows_used + rows_out_of_scope + rows_never_sent),
    CHECK (rows_used = arrangements + rows_merged)
);
COMMENT ON COLUMN load_account.rows_never_sent IS 'Records with reason 13 (removed: as if never sent).';
COMMENT ON COLUMN load_account.rows_unknown_person IS 'Of the rows used: those of 999999999, which are arrangements but no client.';

CREATE TABLE record (
    half_year text NOT NULL,
    municipality text NOT NULL,
    line integer NOT NULL,
    person bigint,
    product_category smallint NOT NULL,
    start_date date NOT NULL,
    end_date date,
    delivery_form smallint NOT NULL,
    allocation_number bigint,
    volume bigint,
    unit smallint,
    frequency smallint,
    end_reason smallint,
    change_reason smallint
) PARTITION BY LIST (half_year);

CREATE TABLE arrangement (
    half_year text NOT NULL,
    municipality text NOT NULL,
    person bigint,
    product_category smallint NOT NULL,
    delivery_form smallint NOT NULL,
    start_date date NOT NULL,
    end_date date,
    records integer NOT NULL
) PARTITION BY LIST (half_year);

DO $$
DECLARE
    y integer;
    h integer;
    code text;
BEGIN
    FOR y IN 2015..2035 LOOP
        FOR h IN 1..2 LOOP
            code := y || '_h' || h;
            EXECUTE format('CREATE TABLE %I PARTITION OF record FOR VALUES IN (%L)', 'record_' || code, y || '-H' || h);
            EXECUTE format('CREATE INDEX ON %I (municipality)', 'record_' || code);
            EXECUTE format('CREATE TABLE %I PARTITION OF arrangement FOR VALUES IN (%L)', 'arrangement_' || code, y || '-H' || h);
            EXECUTE format('CREATE INDEX ON %I (municipality)', 'arrangement_' || code);
        END LOOP;
    END LOOP;
END $$;

-- Figures and releases -----------------------------------------------------------------------------------------------

CREATE TABLE figure (
    table_id text NOT NULL,
    period text NOT NULL,
    municipality text NOT NULL,
    group_code text NOT NULL,
    clients integer NOT NULL CHECK (clients >= 0),
    computed_at timestamptz NOT NULL,
    PRIMARY KEY (table_id, period, municipality, group_code)
);
COMMENT ON TABLE figure IS 'True counts; they never leave the warehouse.';

CREATE TABLE release (
    release_id text PRIMARY KEY,
    number integer NOT NULL UNIQUE,
    round text NOT NULL,
    state text NOT NULL CHECK (state IN ('proposed', 'refused', 'building', 'published', 'recalled')),
    created_at timestamptz NOT NULL,
    published_at timestamptz,
    half_years jsonb NOT NULL,
    document jsonb,
    account_sha256 text
);

CREATE TABLE release_cell (
    release_id text NOT NULL REFERENCES release,
    table_id text NOT NULL,
    period text NOT NULL,
    region text NOT NULL,
    group_code text NOT NULL,
    shown integer,
    rate integer,
    reason text NOT NULL CHECK (reason IN ('shown', 'suppressed', 'withdrawn', 'not_delivered', 'dissolved', 'coverage')),
    PRIMARY KEY (release_id, table_id, period, region, group_code),
    CHECK ((reason = 'shown') = (shown IS NOT NULL))
);
COMMENT ON TABLE release_cell IS 'The ledger: what was published, cell by cell; never changed afterwards.';

-- Rights -------------------------------------------------------------------------------------------------------------

GRANT USAGE ON SCHEMA public TO gmsd_loader, gmsd_publisher, gmsd_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO gmsd_loader, gmsd_publisher;
GRANT INSERT, UPDATE ON clock, key_fingerprint, delivery, check_result, form, inbox_marker, mail, round_close, frozen TO gmsd_loader;
GRANT DELETE ON check_result, mail, frozen TO gmsd_loader;
GRANT INSERT ON audit TO gmsd_loader, gmsd_publisher;
GRANT INSERT, UPDATE, DELETE ON load_account, record, arrangement, figure TO gmsd_loader;
GRANT UPDATE (state, reason) ON delivery TO gmsd_publisher;
GRANT INSERT, UPDATE ON release TO gmsd_publisher;
GRANT INSERT, DELETE ON release_cell TO gmsd_publisher;
GRANT SELECT ON release, release_cell, round_close TO gmsd_reader;
