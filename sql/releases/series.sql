-- The public releases of a law, oldest first; one that is on its way out counts as public.
SELECT release_id, number, round, document
FROM release
WHERE law = :law AND state IN ('building', 'published', 'recalled')
ORDER BY number
