-- Every delivery of some places, in order of upload number: what decides how the next upload is taken.
SELECT delivery_row.*
FROM delivery_row
JOIN
    unnest(CAST(:laws AS text []), CAST(:half_years AS text []), CAST(:municipalities AS text [])) AS wanted (law, half_year, municipality)
    USING (law, half_year, municipality)
ORDER BY law, half_year, municipality, upload_number;
