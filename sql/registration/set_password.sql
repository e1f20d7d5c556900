-- A password is set.
INSERT INTO account (coordinator_id, password, password_at) VALUES (:coordinator_id, :password, :at)
ON CONFLICT (coordinator_id) DO UPDATE SET password = excluded.password, password_at = excluded.password_at;
