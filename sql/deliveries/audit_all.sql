-- The whole audit trail, in order.
SELECT sequence, at, subject, event, from_state, to_state, reason, actor, details, previous_hash, hash
FROM audit
ORDER BY sequence;
