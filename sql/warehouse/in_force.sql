-- The deliveries that count of a half-year as of the newest close that takes it, but those that were withdrawn since.
SELECT delivery_row.*
FROM frozen
JOIN delivery_row USING (delivery_id)
WHERE delivery_row.state <> 'withdrawn' AND frozen.law = :law AND frozen.half_year = :half_year
    AND frozen.round = (
        SELECT round FROM round_close WHERE law = :law AND half_year = :half_year ORDER BY half_year_order(round) DESC LIMIT 1
    )
ORDER BY delivery_row.municipality, delivery_row.provider;
