-- A code is used, once.
UPDATE account_code SET used_at = :at WHERE coordinator_id = :coordinator_id AND code_hash = :code_hash AND used_at IS NULL;
