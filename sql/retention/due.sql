-- What is past its period of retention now, by kind: deliveries for files and reports, mails, forms. What has gone before is not due again.
SELECT kind, subject
FROM (
    SELECT 'files' AS kind, delivery_id AS subject FROM delivery
    WHERE received_at < :files AND deleted_at IS NULL AND state <> 'received'
    UNION ALL
    SELECT 'reports', delivery_id FROM delivery
    WHERE received_at < :reports AND deleted_at IS NULL AND law IS NOT NULL
    UNION ALL
    SELECT 'mails', message_id FROM mail
    WHERE sent_at < :mails AND (subject, body_text, body_html) <> ('', '', '')
    UNION ALL
    SELECT 'forms', form_id FROM form
    WHERE received_at < :forms AND state NOT IN ('received', 'filed') AND (content ? 'name' OR content ? 'reason')
) AS due
WHERE NOT EXISTS (SELECT FROM expiry WHERE expiry.kind = due.kind AND expiry.subject = due.subject AND done_at IS NOT NULL)
ORDER BY kind, subject
