-- Accounts of coordinators: a password that they set themselves, and a second factor that came by post.

CREATE TABLE account (
    coordinator_id text PRIMARY KEY REFERENCES coordinator,
    password text NOT NULL,
    password_at timestamptz NOT NULL,
    authenticator text,
    last_step bigint NOT NULL DEFAULT 0
);
COMMENT ON COLUMN account.password IS 'Salt and scrypt of the password.';
COMMENT ON COLUMN account.authenticator IS 'The secret of an authenticator, encrypted under the reference key; null without one.';
COMMENT ON COLUMN account.last_step IS 'The half minute whose code was used last: none is used twice.';

CREATE TABLE account_code (
    coordinator_id text NOT NULL REFERENCES coordinator,
    code_hash text NOT NULL CHECK (code_hash ~ '^[0-9a-f]{64}$'),
    made_at timestamptz NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (coordinator_id, code_hash)
);
COMMENT ON TABLE account_code IS 'Codes of the letter that came by post, each by a hash under the reference key; each is used once.';

GRANT SELECT, INSERT, UPDATE ON account TO gmsd_portal;
GRANT SELECT, UPDATE (used_at) ON account_code TO gmsd_portal;
GRANT SELECT ON account TO gmsd_loader;
GRANT SELECT, INSERT, DELETE ON account_code TO gmsd_loader;
