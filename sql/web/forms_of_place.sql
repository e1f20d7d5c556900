-- The forms that came in for a place, newest first; the text of an explanation.
SELECT form_id, kind, state, received_at, content ->> 'text'
FROM form
WHERE law = :law AND half_year = :half_year AND municipality = :municipality AND kind <> 'unknown'
ORDER BY form_number DESC;
