-- The rows of a place, where they are of a delivery that goes.
DELETE FROM record
WHERE law = :law AND half_year = :half_year AND municipality = :municipality
    AND EXISTS (
        SELECT FROM load_account
        WHERE law = :law AND half_year = :half_year AND municipality = :municipality AND delivery_id = ANY(:ids)
    )
