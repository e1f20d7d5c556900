-- Deliveries that count as of a round and are not what the warehouse holds, or whose persons are hidden with another key than is noted.
WITH newest AS (
    SELECT *, rank() OVER (PARTITION BY half_year, municipality ORDER BY half_year_order(round) DESC) AS age
    FROM frozen
    WHERE law = :law AND half_year_order(round) <= half_year_order(:round)
),
standing AS (
    SELECT law, half_year, municipality, provider, delivery_id
    FROM newest
    WHERE age = 1
)
SELECT standing.delivery_id
FROM standing
LEFT JOIN load_account USING (law, half_year, municipality, provider)
WHERE standing.delivery_id IS NOT NULL AND NOT EXISTS (SELECT FROM delivery WHERE delivery_id = standing.delivery_id AND state = 'withdrawn') AND (
    load_account.delivery_id IS DISTINCT FROM standing.delivery_id
    OR load_account.key_fingerprint <> (SELECT fingerprint FROM key_fingerprint WHERE name = 'pseudonym')
)
ORDER BY standing.delivery_id
