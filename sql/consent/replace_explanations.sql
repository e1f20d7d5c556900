-- Of the explanations of a place in a round only the newest stays, in whatever order they were dealt with.
UPDATE form
SET state = 'replaced', reason = :reason
WHERE kind = 'explanation' AND state = 'filed'
    AND law = :law AND half_year = :half_year AND municipality = :municipality AND round = :round
    AND form_number < (
        SELECT max(form_number) FROM form
        WHERE kind = 'explanation' AND state = 'filed'
            AND law = :law AND half_year = :half_year AND municipality = :municipality AND round = :round
    );
