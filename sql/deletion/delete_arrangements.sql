-- The rows of a place, where they are of a delivery that goes.
DELETE FROM arrangement
WHERE law = :law AND half_year = :half_year AND municipality = :municipality
    AND EXISTS (
        SELECT FROM load_account
        WHERE load_account.law = :law AND load_account.half_year = :half_year AND load_account.municipality = :municipality
            AND delivery_id = ANY(:ids) AND coalesce(CAST(nullif(load_account.provider, '') AS bigint), 0) = coalesce(arrangement.provider, 0)
    )
