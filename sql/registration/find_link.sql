-- The link with a hash.
SELECT hash, coordinator_id, law, round, number, made_at, revoked_at FROM personal_link WHERE hash = :hash;
