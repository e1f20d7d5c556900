-- Every form of a municipality, the newest first.
SELECT form_id, kind, law, half_year, round, received_at, state, reason
FROM form
WHERE municipality = :municipality
ORDER BY form_number DESC;
