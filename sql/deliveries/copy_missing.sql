-- Note since when the private copy of a delivery is not there as it was written; nothing is changed when that is known.
INSERT INTO delivery_copy (delivery_id, missing_since)
VALUES (:delivery_id, :at)
ON CONFLICT (delivery_id) DO UPDATE SET missing_since = excluded.missing_since WHERE delivery_copy.missing_since IS NULL
RETURNING delivery_id;
