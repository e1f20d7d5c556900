-- The true counts that were made of rows which go: of the half-year, and of its year. Not where all that is loaded of the place is of other deliveries.
DELETE FROM figure
WHERE law = :law AND municipality = :municipality AND period = ANY(:periods)
    AND (
        SELECT count(*) = 0 OR bool_or(delivery_id = ANY(:ids))
        FROM load_account
        WHERE load_account.law = :law AND half_year = :half_year AND load_account.municipality = :municipality
    )
