-- The deliveries that count as of a round, with the file they came in and where their rows went; nothing of what was withdrawn since.
WITH newest AS (
    SELECT *, rank() OVER (PARTITION BY half_year, municipality ORDER BY half_year_order(round) DESC) AS age
    FROM frozen
    WHERE law = :law AND half_year_order(round) <= half_year_order(:round)
),
standing AS (
    SELECT half_year, municipality, provider, status, delivery_id AS frozen_id
    FROM newest
    WHERE age = 1
)
SELECT standing.half_year, standing.municipality, CASE WHEN gone.state IS NULL THEN standing.status ELSE 'withdrawn' END AS status,
    delivery.delivery_id, delivery.sha256, load_account.rows_in,
    load_account.rows_used, load_account.rows_out_of_scope, load_account.rows_never_sent, load_account.rows_unknown_person,
    load_account.rows_merged, load_account.arrangements, load_account.persons
FROM standing
LEFT JOIN delivery ON delivery.delivery_id = standing.frozen_id AND delivery.state <> 'withdrawn'
LEFT JOIN delivery AS gone ON gone.delivery_id = standing.frozen_id AND gone.state = 'withdrawn'
LEFT JOIN load_account ON load_account.delivery_id = delivery.delivery_id
ORDER BY standing.half_year, standing.municipality, standing.provider
