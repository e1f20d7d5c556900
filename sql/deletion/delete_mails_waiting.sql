-- Mails about deliveries whose data go, that have not been sent: nobody should get them any more.
DELETE FROM mail WHERE subject_id = ANY(:ids) AND sent_at IS NULL
