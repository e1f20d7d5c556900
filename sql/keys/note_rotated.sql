-- Note that the records of a delivery bear the pseudonyms of the new key.
INSERT INTO key_rotation_done (rotation, delivery_id, records, done_at)
VALUES (:rotation, :delivery_id, :records, CAST(:at AS timestamptz));
