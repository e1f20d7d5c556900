-- A withdrawal that was asked for on a page waits until the coordinator confirms it from their own mailbox.
CREATE TABLE withdrawal_request (
    token_sha256 text PRIMARY KEY,
    law text NOT NULL,
    half_year text NOT NULL,
    municipality text NOT NULL,
    name text NOT NULL,
    reason text,
    asked_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    used_at timestamptz
);
COMMENT ON TABLE withdrawal_request IS 'Withdrawals that wait to be confirmed: the token stands in the mail only, here its hash.';
GRANT SELECT, INSERT, UPDATE (used_at), DELETE ON withdrawal_request TO gmsd_loader;
GRANT SELECT ON withdrawal_request TO gmsd_publisher;
