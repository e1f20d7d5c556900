-- The true counts that were made of rows which go: of the half-year, and of its year. Not where another delivery of the place is loaded.
DELETE FROM figure
WHERE law = :law AND municipality = :municipality AND period = ANY(:periods)
    AND NOT EXISTS (
        SELECT FROM load_account
        WHERE law = :law AND half_year = :half_year AND municipality = :municipality AND delivery_id <> ALL(:ids)
    )
