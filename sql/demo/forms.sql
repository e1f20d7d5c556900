-- What became of every form, in order of receipt.
SELECT form_id, object_key, state
FROM form
ORDER BY form_number;
