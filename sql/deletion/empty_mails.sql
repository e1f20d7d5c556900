-- Of mails about deliveries whose data go stays that they were sent; and of mails about other things that name one of their files.
UPDATE mail
SET subject = '', body_text = '', body_html = ''
WHERE subject <> '' AND sent_at IS NOT NULL AND (
    subject_id = ANY(:ids)
    OR EXISTS (
        SELECT FROM delivery
        WHERE delivery_id = ANY(:ids) AND length(file_name) >= 6
            AND mail.municipality IS NOT DISTINCT FROM delivery.municipality
            AND (strpos(mail.body_text, file_name) > 0 OR strpos(mail.subject, file_name) > 0)
    )
)
