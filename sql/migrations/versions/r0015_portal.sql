-- The coordinators' portal: sessions that can be ended, devices that were seen, and which form led to which delivery; its own role.

CREATE TABLE portal_session (
    session_hash text PRIMARY KEY CHECK (session_hash ~ '^[0-9a-f]{64}$'),
    coordinator_id text NOT NULL REFERENCES coordinator,
    kind text NOT NULL CHECK (kind IN ('link', 'account')),
    link_hash text REFERENCES personal_link CHECK ((kind = 'link') = (link_hash IS NOT NULL)),
    begun_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    ended_at timestamptz
);
COMMENT ON TABLE portal_session IS 'Sessions of the portal, each by the SHA-256 of the random id in its cookie; ended ones are kept for a while.';

CREATE TABLE portal_device (
    coordinator_id text NOT NULL REFERENCES coordinator,
    device_hash text NOT NULL CHECK (device_hash ~ '^[0-9a-f]{64}$'),
    first_seen timestamptz NOT NULL,
    PRIMARY KEY (coordinator_id, device_hash)
);
COMMENT ON TABLE portal_device IS 'Browsers in which a coordinator began a session, each by the SHA-256 of a random mark in a cookie; of a new one a mail tells.';

CREATE TABLE portal_upload (
    coordinator_id text NOT NULL REFERENCES coordinator,
    form_hash text NOT NULL CHECK (form_hash ~ '^[0-9a-f]{64}$'),
    delivery_id text NOT NULL REFERENCES delivery,
    lines bigint NOT NULL CHECK (lines >= 0),
    at timestamptz NOT NULL,
    PRIMARY KEY (coordinator_id, form_hash)
);
CREATE INDEX portal_upload_of_delivery ON portal_upload (delivery_id);
COMMENT ON TABLE portal_upload IS 'Which form of the portal, by the SHA-256 of its own key, led to which delivery: sent twice, it leads to the same.';
COMMENT ON COLUMN portal_upload.lines IS 'Lines of the file as they came in, a last one without end included.';

GRANT SELECT, INSERT, UPDATE, DELETE ON portal_session TO gmsd_portal;
GRANT SELECT, INSERT ON portal_device, portal_upload TO gmsd_portal;
GRANT SELECT, DELETE ON portal_session, portal_device TO gmsd_loader;
GRANT SELECT ON portal_upload TO gmsd_loader;

-- What it takes to register an upload and to show what came of it; nothing that is pseudonymised, counted or published.
GRANT SELECT ON coordinator, coordinator_address, coordinator_term, personal_link, clock, round_close, delivery_row, check_result TO gmsd_portal;
GRANT SELECT, INSERT ON delivery, form, audit TO gmsd_portal;
GRANT SELECT, INSERT, DELETE ON inbox_marker TO gmsd_portal;
GRANT SELECT, INSERT, UPDATE, DELETE ON inbox_trouble TO gmsd_portal;
GRANT SELECT, INSERT, UPDATE ON delivery_copy, mail, incident TO gmsd_portal;
