-- The delivery that counts now of every place among some, newest first.
SELECT DISTINCT ON (law, half_year, municipality) delivery_row.*
FROM delivery_row
JOIN
    unnest(CAST(:laws AS text []), CAST(:half_years AS text []), CAST(:municipalities AS text [])) AS wanted (law, half_year, municipality)
    USING (law, half_year, municipality)
WHERE state IN ('accepted', 'approved', 'loaded', 'published')
ORDER BY law, half_year, municipality, received_at DESC, upload_number DESC;
