-- From now on another key is the one that the data are made with.
UPDATE key_fingerprint SET fingerprint = :fingerprint, noted_at = :at WHERE name = :name;
