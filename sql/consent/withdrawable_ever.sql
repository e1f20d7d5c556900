-- The deliveries of a place in every round, whatever became of them.
SELECT *
FROM delivery_row
WHERE law = :law AND half_year = :half_year AND municipality = :municipality AND received_at <= :received_at AND deleted_at IS NULL
ORDER BY received_at, upload_number
