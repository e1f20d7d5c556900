-- The newest withdrawal of a place in a round that was carried out before a form.
SELECT form_id, carried_out_at
FROM form
WHERE kind = 'withdrawal' AND state = 'carried_out' AND law = :law AND half_year = :half_year AND municipality = :municipality
    AND (CAST(:round AS text) IS NULL OR round = :round) AND form_id <> :form_id
ORDER BY form_number DESC
LIMIT 1
