-- The terms of one coordinator, or of all.
SELECT coordinator_id, municipality, law, valid_from, valid_to, correspondence_number
FROM coordinator_term
WHERE (CAST(:coordinator_id AS text) IS NULL OR coordinator_id = :coordinator_id)
ORDER BY municipality, valid_from, coordinator_id, law;
