-- Make room for what replaces the rows of these municipalities and providers.
DELETE FROM record
USING unnest(CAST(:municipalities AS text []), CAST(:providers AS text [])) AS whose (municipality, provider)
WHERE law = :law AND half_year = :half_year AND record.municipality = whose.municipality
    AND coalesce(record.provider, 0) = coalesce(CAST(nullif(whose.provider, '') AS bigint), 0);
