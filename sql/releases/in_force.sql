-- The release in force: the newest one published and not recalled.
SELECT release_id, number FROM release WHERE state = 'published' ORDER BY number DESC LIMIT 1
