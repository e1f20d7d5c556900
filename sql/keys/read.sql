-- The fingerprint noted for a key.
SELECT fingerprint FROM key_fingerprint WHERE name = :name;
