-- Append a row to the audit trail.
INSERT INTO audit (sequence, at, subject, event, from_state, to_state, reason, actor, details, previous_hash, hash)
VALUES (:sequence, :at, :subject, :event, :from_state, :to_state, :reason, :actor, CAST(:details AS jsonb), :previous_hash, :hash);
