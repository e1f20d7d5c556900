-- What intake has not finished: forms not dealt with, mails not sent.
SELECT
    (SELECT count(*) FROM delivery) AS deliveries,
    (SELECT count(*) FROM form) AS forms,
    (SELECT count(*) FROM form WHERE state = 'received') AS forms_waiting,
    (SELECT count(*) FROM mail WHERE sent_at IS NULL) AS mails_waiting;
