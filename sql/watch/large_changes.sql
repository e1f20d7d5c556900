-- Municipalities of which a count in a half-year differs a lot from that of the half-year before it.
WITH counted AS (
    SELECT period, municipality, value, lag(value) OVER (PARTITION BY municipality ORDER BY period) AS before
    FROM figure
    WHERE law = :law AND content = :content AND period = ANY (:periods)
)
SELECT municipality
FROM counted
WHERE period = :period AND before IS NOT NULL AND abs(value - before) > :clients AND 100 * abs(value - before) > :percent * before
ORDER BY municipality
