-- The delivery that counts now of every place among some, newest first.
SELECT DISTINCT ON (law, half_year, municipality, provider) delivery_row.*
FROM delivery_row
JOIN
    unnest(
        CAST(:laws AS text []), CAST(:half_years AS text []), CAST(:municipalities AS text []), CAST(:providers AS text [])
    ) AS wanted (law, half_year, municipality, provider)
    USING (law, half_year, municipality, provider)
WHERE state IN ('accepted', 'approved', 'loaded', 'published')
ORDER BY law, half_year, municipality, provider, received_at DESC, upload_number DESC;
