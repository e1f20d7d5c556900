-- A step of a deletion is done.
INSERT INTO deletion_step (form_id, step, done_at, seconds, found)
VALUES (:form_id, :step, :done_at, :seconds, CAST(:found AS jsonb))
ON CONFLICT (form_id, step) DO NOTHING
