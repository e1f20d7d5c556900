-- Explanations that were of the agreed form, in order of receipt, each with its number among those of its place; one of them, or those in a state.
SELECT *
FROM (
    SELECT form_id, law, half_year, municipality, round, received_at, state, reason, content ->> 'name' AS name, content ->> 'text' AS text, form_number,
        row_number() OVER (PARTITION BY law, half_year, municipality ORDER BY form_number) AS version
    FROM form
    WHERE kind = 'explanation' AND content ->> 'text' IS NOT NULL
) AS known
WHERE (CAST(:form_id AS text) IS NULL OR form_id = :form_id) AND (CAST(:state AS text) IS NULL OR state = :state)
ORDER BY form_number
