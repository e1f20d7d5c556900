-- Services that did not answer and tasks that failed. Moments are the machine's, also in a demo whose clock moves.
CREATE TABLE incident (
    what text NOT NULL,
    began_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    PRIMARY KEY (what, began_at),
    CHECK (began_at <= last_seen_at)
);
COMMENT ON TABLE incident IS 'Each is one mail to the engineer, however many tasks meet it; what is seen again soon is the same incident.';
GRANT SELECT, INSERT, UPDATE ON incident TO gmsd_loader;
GRANT SELECT ON incident TO gmsd_publisher;
