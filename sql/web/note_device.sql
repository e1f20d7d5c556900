-- A device begins a session; no row comes back for one that was seen before.
INSERT INTO portal_device (coordinator_id, device_hash, first_seen)
VALUES (:coordinator_id, :device_hash, :at)
ON CONFLICT DO NOTHING
RETURNING device_hash;
