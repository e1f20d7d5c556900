-- Deliveries in order of receipt, by law, half-year, municipality, state and round; a filter that is null lets everything through.
SELECT *
FROM delivery_row
WHERE (CAST(:law AS text) IS NULL OR law = :law)
    AND (CAST(:half_year AS text) IS NULL OR half_year = :half_year)
    AND (CAST(:municipality AS text) IS NULL OR municipality = :municipality)
    AND (CAST(:state AS text) IS NULL OR state = :state)
    AND (CAST(:round AS text) IS NULL OR round = :round)
ORDER BY received_at, registered_at, law, half_year, municipality, upload_number;
