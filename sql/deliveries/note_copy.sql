-- Note the private copy of a delivery.
INSERT INTO delivery_copy (delivery_id, size_bytes, etag, kept_at)
VALUES (:delivery_id, :size_bytes, :etag, :at)
ON CONFLICT (delivery_id) DO UPDATE
SET size_bytes = excluded.size_bytes, etag = excluded.etag, kept_at = excluded.kept_at, missing_since = NULL;
