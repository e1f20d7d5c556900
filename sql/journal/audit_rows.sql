-- The audit trail, of one subject or whole, in order.
SELECT sequence, at, subject, event, from_state, to_state, reason, actor, details, previous_hash, hash
FROM audit
WHERE CAST(:subject AS text) IS NULL OR subject = :subject
ORDER BY sequence;
