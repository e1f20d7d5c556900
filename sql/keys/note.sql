-- Note a key's fingerprint, once.
INSERT INTO key_fingerprint (name, fingerprint, noted_at) VALUES (:name, :fingerprint, :at)
ON CONFLICT (name) DO NOTHING;
