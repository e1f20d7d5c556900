-- What the audit trail proves of deletions: one row for each delivery whose data went, oldest first.
SELECT subject AS delivery_id, at, details FROM audit WHERE event = 'erased' ORDER BY sequence;
