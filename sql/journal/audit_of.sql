-- What happened to one subject, in order.
SELECT sequence, at, subject, event, from_state, to_state, reason, actor, details
FROM audit
WHERE subject = :subject
ORDER BY sequence;
