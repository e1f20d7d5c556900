-- How each municipality stands in each half-year as of the newest close up to a round: with what was withdrawn since (`now`), or as it was then.
WITH standing AS (
    SELECT DISTINCT ON (half_year, municipality) half_year, municipality, status, delivery_id
    FROM frozen
    WHERE law = %(law)s AND half_year_order(round) <= half_year_order(%(round)s)
    ORDER BY half_year, municipality, half_year_order(round) DESC
)
SELECT standing.half_year, standing.municipality,
    CASE WHEN %(now)s AND delivery.state = 'withdrawn' THEN 'withdrawn' ELSE standing.status END AS status,
    CASE WHEN %(now)s AND delivery.state = 'withdrawn' THEN NULL ELSE standing.delivery_id END AS delivery_id
FROM standing
LEFT JOIN delivery USING (delivery_id)
ORDER BY standing.half_year, standing.municipality
