-- The private place holds the bytes of every registered delivery under its id; this table says what intake wrote there.
CREATE TABLE delivery_copy (
    delivery_id text PRIMARY KEY REFERENCES delivery,
    size_bytes bigint,
    etag text,
    kept_at timestamptz,
    missing_since timestamptz,
    CHECK ((kept_at IS NULL) = (etag IS NULL)),
    CHECK (kept_at IS NOT NULL OR missing_since IS NOT NULL)
);
COMMENT ON TABLE delivery_copy IS
'The private copy of a delivery''s bytes: what the store called it when it was written, and since when it is not there as it was written.';

ALTER TABLE inbox_marker ADD COLUMN what text NOT NULL DEFAULT 'delete marker';
ALTER TABLE inbox_marker ALTER COLUMN what DROP DEFAULT;
ALTER TABLE inbox_marker ADD COLUMN current_version text;
COMMENT ON TABLE inbox_marker IS
'Objects of the inbox that nobody delivered: delete markers, markers of folders, what systems and programs leave, what the store refused.';
COMMENT ON COLUMN inbox_marker.current_version IS 'For what the store refused: the version that was current then.';

CREATE TABLE inbox_trouble (
    bucket text NOT NULL,
    object_key text NOT NULL,
    version_id text NOT NULL,
    since timestamptz NOT NULL,
    problem text NOT NULL,
    PRIMARY KEY (bucket, object_key, version_id)
);
COMMENT ON TABLE inbox_trouble IS 'Uploads that could not be registered; each intake tries them again, and the others go on.';

GRANT SELECT ON delivery_copy, inbox_trouble TO gmsd_loader, gmsd_publisher;
GRANT INSERT, UPDATE, DELETE ON delivery_copy, inbox_trouble TO gmsd_loader;
GRANT DELETE ON inbox_marker TO gmsd_loader;
