-- How many mails of a kind there are about something.
SELECT count(*) FROM mail WHERE subject_id = :subject_id AND kind = :kind;
