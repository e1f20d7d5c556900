-- Of the explanations of a place in a round that are printed only the newest stays.
UPDATE form
SET state = 'replaced', reason = 'replaced by a newer one'
WHERE kind = 'explanation' AND state IN ('filed', 'approved') AND form_id <> :form_id AND form_number < :form_number
    AND law = :law AND half_year = :half_year AND municipality = :municipality AND round = :round
