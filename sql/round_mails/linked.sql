-- Coordinators for whom a link of a round was made, whether it was revoked or not.
SELECT DISTINCT coordinator_id FROM personal_link WHERE law = :law AND round = :round;
