-- How easy coordinators found it.

CREATE TABLE portal_reply (
    delivery_id text PRIMARY KEY REFERENCES delivery,
    score integer NOT NULL CHECK (score BETWEEN 1 AND 5),
    words text NOT NULL CHECK (length(words) <= 1000),
    at timestamptz NOT NULL
);
COMMENT ON TABLE portal_reply IS 'What coordinators answered to the question how easy it was, 5 = very; for the engineer.';
GRANT SELECT, INSERT, UPDATE ON portal_reply TO gmsd_portal;
GRANT SELECT, DELETE ON portal_reply TO gmsd_loader;
