-- The newest form of each kind of every municipality about a half-year, of those that a round may have had.
SELECT DISTINCT ON (municipality, kind) municipality, kind, state
FROM form
WHERE law = :law AND half_year = :half_year
    AND (round = :round OR (round IS NULL AND received_at >= :opens_at AND received_at < :next_opens_at))
ORDER BY municipality, kind, form_number DESC;
