-- Take back what a coordinator's links of a round open.
UPDATE personal_link SET revoked_at = :at
WHERE coordinator_id = :coordinator_id AND law = :law AND round = :round AND revoked_at IS NULL
RETURNING number;
