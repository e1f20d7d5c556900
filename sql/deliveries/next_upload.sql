-- The number of the next upload of a place.
SELECT coalesce(max(upload_number), 0) + 1
FROM delivery
WHERE law = :law AND half_year = :half_year AND municipality = :municipality;
