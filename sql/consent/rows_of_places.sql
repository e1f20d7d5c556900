-- Rows of places that no account of a load says are there.
SELECT DISTINCT law, half_year, municipality FROM record
WHERE (law, half_year, municipality) IN (SELECT * FROM unnest(CAST(:laws AS text[]), CAST(:half_years AS text[]), CAST(:municipalities AS text[])))
    AND NOT EXISTS (
        SELECT FROM load_account
        WHERE load_account.law = record.law AND load_account.half_year = record.half_year AND load_account.municipality = record.municipality
            AND coalesce(CAST(nullif(load_account.provider, '') AS bigint), 0) = coalesce(record.provider, 0)
    )
UNION
SELECT DISTINCT law, half_year, municipality FROM arrangement
WHERE (law, half_year, municipality) IN (SELECT * FROM unnest(CAST(:laws AS text[]), CAST(:half_years AS text[]), CAST(:municipalities AS text[])))
    AND NOT EXISTS (
        SELECT FROM load_account
        WHERE load_account.law = arrangement.law AND load_account.half_year = arrangement.half_year
            AND load_account.municipality = arrangement.municipality
            AND coalesce(CAST(nullif(load_account.provider, '') AS bigint), 0) = coalesce(arrangement.provider, 0)
    )
