-- Of each provider of a place one delivery is frozen and loaded, with an account of its own. Of a law whose files come from municipalities the provider
-- is empty, as it is where nothing counts of a municipality.
ALTER TABLE frozen
    ADD COLUMN provider text NOT NULL DEFAULT '' CONSTRAINT frozen_provider CHECK (provider ~ '^([0-9]{8})?$'),
    DROP CONSTRAINT frozen_pkey;
ALTER TABLE frozen ADD PRIMARY KEY (law, round, half_year, municipality, provider);
ALTER TABLE load_account
    ADD COLUMN provider text NOT NULL DEFAULT '' CONSTRAINT load_account_provider CHECK (provider ~ '^([0-9]{8})?$'),
    DROP CONSTRAINT load_account_pkey;
ALTER TABLE load_account ADD PRIMARY KEY (law, half_year, municipality, provider);
ALTER TABLE arrangement ADD COLUMN provider bigint;
COMMENT ON COLUMN arrangement.provider IS 'The provider of youth care whose file it is of.';
