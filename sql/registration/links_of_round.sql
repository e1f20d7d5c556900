-- The links of a coordinator in a round, the newest first.
SELECT hash, coordinator_id, law, round, number, made_at, revoked_at
FROM personal_link
WHERE coordinator_id = :coordinator_id AND law = :law AND round = :round
ORDER BY number DESC;
