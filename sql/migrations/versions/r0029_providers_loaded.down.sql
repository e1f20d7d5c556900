-- One delivery of a place counts again.
DO $$
BEGIN
    IF EXISTS (SELECT FROM frozen WHERE provider <> '') OR EXISTS (SELECT FROM load_account WHERE provider <> '') THEN
        RAISE EXCEPTION 'deliveries of providers were frozen or loaded: of a place only one could be kept';
    END IF;
END $$;
ALTER TABLE arrangement DROP COLUMN provider;
ALTER TABLE load_account DROP CONSTRAINT load_account_pkey, DROP COLUMN provider;
ALTER TABLE load_account ADD PRIMARY KEY (law, half_year, municipality);
ALTER TABLE frozen DROP CONSTRAINT frozen_pkey, DROP COLUMN provider;
ALTER TABLE frozen ADD PRIMARY KEY (law, round, half_year, municipality);
