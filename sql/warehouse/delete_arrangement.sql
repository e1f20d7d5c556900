-- Make room for what replaces the rows of these municipalities and providers.
DELETE FROM arrangement
USING unnest(CAST(:municipalities AS text []), CAST(:providers AS text [])) AS whose (municipality, provider)
WHERE law = :law AND half_year = :half_year AND arrangement.municipality = whose.municipality
    AND coalesce(arrangement.provider, 0) = coalesce(CAST(nullif(whose.provider, '') AS bigint), 0);
