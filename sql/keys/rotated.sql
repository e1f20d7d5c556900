-- Deliveries whose records bear the pseudonyms of the new key already.
SELECT delivery_id FROM key_rotation_done WHERE rotation = :rotation;
