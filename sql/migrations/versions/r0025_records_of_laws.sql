-- What is kept of a record of another law than the Wmo (law.yaml). A column that another law does not have is empty there.
ALTER TABLE record
    ADD COLUMN birth_date date,
    ADD COLUMN household bigint,
    ADD COLUMN provider bigint,
    ADD COLUMN sex smallint,
    ADD COLUMN referrer smallint,
    ALTER COLUMN delivery_form DROP NOT NULL,
    ADD CONSTRAINT record_delivery_form CHECK (law <> 'wmo' OR delivery_form IS NOT NULL);
ALTER TABLE arrangement
    ALTER COLUMN delivery_form DROP NOT NULL,
    ADD CONSTRAINT arrangement_delivery_form CHECK (law <> 'wmo' OR delivery_form IS NOT NULL);
COMMENT ON COLUMN record.household IS 'The number that a municipality gives a household, on the last day of the half-year; it says nothing outside that municipality.';
COMMENT ON COLUMN record.provider IS 'The provider of youth care whose file the record is of.';
