-- The links that were made, of one coordinator or of all, the oldest first.
SELECT hash, coordinator_id, law, round, number, made_at, revoked_at
FROM personal_link
WHERE (CAST(:coordinator_id AS text) IS NULL OR coordinator_id = :coordinator_id)
ORDER BY round, law, coordinator_id, number;
