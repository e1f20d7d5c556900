-- What is kept too long is announced, and goes some days later.
CREATE TABLE expiry (
    kind text NOT NULL CHECK (kind IN ('files', 'reports', 'mails', 'forms')),
    subject text NOT NULL,
    announced_at timestamptz NOT NULL,
    done_at timestamptz,
    PRIMARY KEY (kind, subject)
);
CREATE INDEX expiry_waiting ON expiry (announced_at) WHERE done_at IS NULL;
COMMENT ON TABLE expiry IS 'What housekeeping found past its period of retention: announced first, thrown away after the days of notice. Ids only.';
GRANT SELECT ON expiry TO gmsd_loader, gmsd_publisher;
GRANT INSERT, UPDATE (done_at), DELETE ON expiry TO gmsd_loader;
