-- The deliveries of a place in a round that a withdrawal takes away: all that came in up to the form, whatever became of them.
SELECT *
FROM delivery_row
WHERE law = :law AND half_year = :half_year AND municipality = :municipality AND round = :round AND received_at <= :received_at
    AND deleted_at IS NULL
ORDER BY received_at, upload_number;
