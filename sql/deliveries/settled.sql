-- The accepted and superseded deliveries of a place in a round, newest first: only the first is to be accepted.
SELECT delivery_id, state
FROM delivery
WHERE law = :law AND half_year = :half_year AND municipality = :municipality AND provider = :provider AND round = :round
    AND state IN ('accepted', 'superseded')
ORDER BY received_at DESC, upload_number DESC;
