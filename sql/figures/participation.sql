-- How each municipality stands in each half-year as of the newest close up to a round: as it was then, but for what was withdrawn since, up to
-- now (`now`) or up to the building of a release.
WITH standing AS (
    SELECT DISTINCT ON (half_year, municipality) half_year, municipality, status, delivery_id
    FROM frozen
    WHERE law = %(law)s AND half_year_order(round) <= half_year_order(%(round)s)
    ORDER BY half_year, municipality, half_year_order(round) DESC
),
gone AS (
    SELECT delivery_id
    FROM standing
    JOIN delivery USING (delivery_id)
    WHERE delivery.state = 'withdrawn' AND (
        %(now)s
        OR EXISTS (
            SELECT FROM audit
            WHERE subject = delivery.delivery_id AND to_state = 'withdrawn'
                AND sequence < (SELECT max(sequence) FROM audit WHERE subject = %(release)s AND event = 'built')
        )
    )
)
SELECT standing.half_year, standing.municipality,
    CASE WHEN gone.delivery_id IS NULL THEN standing.status ELSE 'withdrawn' END AS status,
    CASE WHEN gone.delivery_id IS NULL THEN standing.delivery_id END AS delivery_id
FROM standing
LEFT JOIN gone USING (delivery_id)
ORDER BY standing.half_year, standing.municipality
