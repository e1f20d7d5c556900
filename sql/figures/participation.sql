-- How each municipality stands in each half-year as of the newest close up to a round: as it was then, but for what was withdrawn since, up to
-- now (`now`) or up to the building of a release.
WITH newest AS (
    SELECT *, rank() OVER (PARTITION BY half_year, municipality ORDER BY half_year_order(round) DESC) AS age
    FROM frozen
    WHERE law = %(law)s AND half_year_order(round) <= half_year_order(%(round)s)
),
standing AS (
    SELECT half_year, municipality, provider, status, delivery_id
    FROM newest
    WHERE age = 1
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
ORDER BY standing.half_year, standing.municipality, standing.provider
