-- How many mails of a kind there are about something; one to several addresses is one.
SELECT count(*) FROM mail WHERE subject_id = :subject_id AND kind = :kind AND message_id !~ '\.to[0-9]+$';
