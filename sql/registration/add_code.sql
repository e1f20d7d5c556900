-- A code of a letter.
INSERT INTO account_code (coordinator_id, code_hash, made_at) VALUES (:coordinator_id, :code_hash, :at);
