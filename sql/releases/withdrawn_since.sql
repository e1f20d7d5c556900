-- A delivery that a release counts and that was withdrawn after it was built.
WITH newest AS (
    SELECT *, rank() OVER (PARTITION BY half_year, municipality ORDER BY half_year_order(round) DESC) AS age
    FROM frozen
    WHERE law = :law AND half_year = ANY(:half_years) AND half_year_order(round) <= half_year_order(:round)
),
standing AS (
    SELECT delivery_id
    FROM newest
    WHERE age = 1
)
SELECT standing.delivery_id
FROM standing
JOIN audit ON audit.subject = standing.delivery_id AND audit.to_state = 'withdrawn'
WHERE audit.sequence > (SELECT max(sequence) FROM audit WHERE subject = :release_id AND event = 'built')
ORDER BY standing.delivery_id
LIMIT 1
