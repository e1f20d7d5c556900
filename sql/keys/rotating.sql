-- The change of the pseudonym key that has begun and is not over; no row when there is none.
SELECT rotation, from_fingerprint, to_fingerprint FROM key_rotation WHERE finished_at IS NULL;
