-- The mails to the coordinator of a municipality, or about one delivery, the newest first; a filter that is null lets everything through.
SELECT subject_id, kind, recipient, queued_at, sent_at, attempts
FROM mail
WHERE (CAST(:municipality AS text) IS NULL OR municipality = :municipality)
    AND (CAST(:subject AS text) IS NULL OR subject_id = :subject)
ORDER BY queued_at DESC, message_id
LIMIT :most;
