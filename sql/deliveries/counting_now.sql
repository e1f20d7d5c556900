-- The delivery that counts now of every place among some, newest first; of each provider of a place asked for without one.
SELECT DISTINCT ON (law, half_year, municipality, delivery_row.provider) delivery_row.*
FROM delivery_row
JOIN
    unnest(
        CAST(:laws AS text []), CAST(:half_years AS text []), CAST(:municipalities AS text []), CAST(:providers AS text [])
    ) AS wanted (law, half_year, municipality, provider)
    USING (law, half_year, municipality)
WHERE state IN ('accepted', 'approved', 'loaded', 'published') AND wanted.provider IN ('', delivery_row.provider)
ORDER BY law, half_year, municipality, delivery_row.provider, received_at DESC, upload_number DESC;
