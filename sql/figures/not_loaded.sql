-- Deliveries that count as of a round and are not what the warehouse holds.
WITH standing AS (
    SELECT DISTINCT ON (half_year, municipality) half_year, municipality, delivery_id
    FROM frozen
    WHERE round <= :round
    ORDER BY half_year, municipality, round DESC
)
SELECT standing.delivery_id
FROM standing
LEFT JOIN load_account USING (half_year, municipality)
WHERE standing.delivery_id IS NOT NULL AND load_account.delivery_id IS DISTINCT FROM standing.delivery_id
ORDER BY standing.delivery_id
