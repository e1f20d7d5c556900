-- The mails of a kind that were queued of an occasion: what they are about begins with its first round.
SELECT message_id FROM mail WHERE kind = :kind AND starts_with(subject_id, :beginning);
