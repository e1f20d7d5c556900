-- The withdrawal of a place that waits to be confirmed.
SELECT law, half_year, municipality, asked_at, ends_at, used_at
FROM withdrawal_request
WHERE law = :law AND half_year = :half_year AND municipality = :municipality AND used_at IS NULL AND ends_at > :at
