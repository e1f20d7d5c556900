-- Coordinators: who serves which municipality, from when to when, by which addresses; and the personal links that were made for them.

CREATE TABLE coordinator (
    coordinator_id text PRIMARY KEY CHECK (coordinator_id ~ '^coordinator\.[0-9]{4,}$'),
    contact text NOT NULL DEFAULT '',
    registered_at timestamptz NOT NULL
);
COMMENT ON TABLE coordinator IS 'Who delivers for one or more municipalities. Rows stay: who served when is history.';
COMMENT ON COLUMN coordinator.contact IS 'Whom letters are for, a team rather than a person; may be empty.';

CREATE TABLE coordinator_address (
    coordinator_id text NOT NULL REFERENCES coordinator,
    position integer NOT NULL CHECK (position >= 1),
    address text NOT NULL CHECK (length(address) <= 254),
    PRIMARY KEY (coordinator_id, position)
);
CREATE UNIQUE INDEX coordinator_address_once ON coordinator_address (lower(address));
COMMENT ON TABLE coordinator_address IS 'Where a coordinator is mailed, in this order; an address belongs to one coordinator, and small letters are capitals.';

CREATE TABLE coordinator_term (
    coordinator_id text NOT NULL REFERENCES coordinator,
    municipality text NOT NULL CHECK (municipality ~ '^[0-9]{4}$'),
    law text NOT NULL DEFAULT '',
    valid_from date NOT NULL,
    valid_to date CHECK (valid_to >= valid_from),
    correspondence_number text NOT NULL DEFAULT '',
    PRIMARY KEY (coordinator_id, municipality, law, valid_from)
);
CREATE INDEX coordinator_term_of_municipality ON coordinator_term (municipality);
COMMENT ON TABLE coordinator_term IS 'What a coordinator serves, and from when to when.';
COMMENT ON COLUMN coordinator_term.law IS 'Empty: every law.';
COMMENT ON COLUMN coordinator_term.valid_to IS 'The first day on which it no longer serves; null while no end is known.';

CREATE TABLE personal_link (
    hash text PRIMARY KEY CHECK (hash ~ '^[0-9a-f]{64}$'),
    coordinator_id text NOT NULL REFERENCES coordinator,
    law text NOT NULL,
    round text NOT NULL,
    number integer NOT NULL CHECK (number >= 1),
    made_at timestamptz NOT NULL,
    revoked_at timestamptz,
    UNIQUE (coordinator_id, law, round, number)
);
CREATE UNIQUE INDEX personal_link_in_use ON personal_link (coordinator_id, law, round) WHERE revoked_at IS NULL;
COMMENT ON TABLE personal_link IS 'Personal links of a round, each by the SHA-256 of its token; the token stands nowhere.';

GRANT SELECT, INSERT ON coordinator, coordinator_address, coordinator_term, personal_link TO gmsd_loader;
GRANT UPDATE (contact) ON coordinator TO gmsd_loader;
GRANT UPDATE (valid_to, correspondence_number) ON coordinator_term TO gmsd_loader;
GRANT UPDATE (revoked_at) ON personal_link TO gmsd_loader;
GRANT SELECT ON coordinator, coordinator_address, coordinator_term TO gmsd_publisher;
