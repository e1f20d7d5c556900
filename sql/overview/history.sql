-- What the audit trail tells of the uploads and forms of a municipality, the newest first.
SELECT audit.sequence, audit.at, audit.subject, audit.event, audit.from_state, audit.to_state, audit.reason, audit.actor
FROM audit
WHERE audit.subject IN (
    SELECT delivery_id FROM delivery WHERE municipality = :municipality
    UNION ALL
    SELECT form_id FROM form WHERE municipality = :municipality
)
ORDER BY audit.sequence DESC
LIMIT :most;
