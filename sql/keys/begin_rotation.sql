-- Note that the pseudonyms are being made anew with another key.
INSERT INTO key_rotation (rotation, from_fingerprint, to_fingerprint, began_at, began_by)
SELECT coalesce(max(rotation), 0) + 1, :from, :to, :at, :by FROM key_rotation;
