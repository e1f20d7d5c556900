-- What a coordinator says of a remark, and days that the engineer grants after the window.

CREATE TABLE confirmation (
    delivery_id text NOT NULL REFERENCES delivery,
    code text NOT NULL,
    reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
    confirmed_at timestamptz NOT NULL,
    PRIMARY KEY (delivery_id, code)
);
COMMENT ON TABLE confirmation IS 'Remarks of the op-orde report that are right, with the reason in the words of the sender; it goes with a withdrawal.';
GRANT SELECT, INSERT, UPDATE, DELETE ON confirmation TO gmsd_loader;
GRANT SELECT ON confirmation TO gmsd_publisher;
GRANT SELECT, INSERT, UPDATE ON confirmation TO gmsd_portal;

CREATE TABLE extension (
    law text NOT NULL,
    half_year text NOT NULL,
    municipality text NOT NULL,
    round text NOT NULL,
    until date NOT NULL,
    granted_at timestamptz NOT NULL,
    PRIMARY KEY (law, half_year, municipality, round)
);
COMMENT ON TABLE extension IS 'Until which day a municipality may deliver after the window; who granted it and why stands in the trail.';
GRANT SELECT, INSERT, UPDATE ON extension TO gmsd_loader;
GRANT SELECT ON extension TO gmsd_publisher, gmsd_portal;
