-- Make room for what replaces the rows of these municipalities and providers.
DELETE FROM load_account
USING unnest(CAST(:municipalities AS text []), CAST(:providers AS text [])) AS whose (municipality, provider)
WHERE law = :law AND half_year = :half_year AND (load_account.municipality, load_account.provider) = (whose.municipality, whose.provider);
