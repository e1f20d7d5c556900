-- The deliveries that count of a half-year as of the newest close that takes it.
SELECT delivery_row.*
FROM frozen
JOIN delivery_row USING (delivery_id)
WHERE frozen.law = :law AND frozen.half_year = :half_year
    AND frozen.round = (
        SELECT round FROM round_close WHERE law = :law AND half_year = :half_year ORDER BY half_year_order(round) DESC LIMIT 1
    )
ORDER BY delivery_row.municipality;
