-- The personal links of a coordinator that were not revoked: by round, which of how many.
SELECT law, round, number FROM personal_link WHERE coordinator_id = :coordinator_id AND revoked_at IS NULL;
