-- The half-years that the release of a law in force shows.
SELECT half_years FROM release WHERE state = 'published' AND law = :law ORDER BY number DESC LIMIT 1
