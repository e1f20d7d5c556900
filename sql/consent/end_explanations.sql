-- Of a place that was withdrawn there is nothing to explain.
UPDATE form SET state = 'replaced', reason = 'withdrawn'
WHERE kind = 'explanation' AND state IN ('filed', 'approved') AND law = :law AND half_year = :half_year AND municipality = :municipality
