-- What was frozen of a half-year at the newest close before a round; what was withdrawn since counts no longer.
WITH before AS (
    SELECT municipality, provider, status, delivery_id, rank() OVER (PARTITION BY municipality ORDER BY half_year_order(round) DESC) AS age
    FROM frozen
    WHERE law = :law AND half_year = :half_year AND half_year_order(round) < half_year_order(:round)
)
SELECT before.municipality, before.provider, CASE WHEN delivery.state = 'withdrawn' THEN 'withdrawn' ELSE before.status END AS status,
    CASE WHEN delivery.state = 'withdrawn' THEN NULL ELSE before.delivery_id END AS delivery_id
FROM before
LEFT JOIN delivery USING (delivery_id)
WHERE before.age = 1;
