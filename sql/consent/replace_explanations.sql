-- Earlier explanations of a place in a round give way to a newer one.
UPDATE form
SET state = 'replaced', reason = :reason
WHERE kind = 'explanation' AND state = 'filed' AND half_year = :half_year AND municipality = :municipality AND round = :round
    AND form_id <> :form_id;
