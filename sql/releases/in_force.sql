-- The release of a law in force: the newest one published and not recalled.
SELECT release_id, number FROM release WHERE state = 'published' AND law = :law ORDER BY number DESC LIMIT 1
