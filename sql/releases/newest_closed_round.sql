-- The newest round of a law that has been closed.
SELECT round FROM round_close WHERE law = :law ORDER BY half_year_order(round) DESC LIMIT 1
