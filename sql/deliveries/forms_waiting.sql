-- Forms about some half-years of a law that came in before a moment and have not been dealt with, in order of receipt.
SELECT form_id
FROM form
WHERE law = :law AND half_year = ANY(:half_years) AND received_at < :closes_at
    AND (state = 'received' OR (kind = 'withdrawal' AND state = 'filed'))
ORDER BY form_number;
