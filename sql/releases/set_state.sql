-- Move a release on; a state it cannot come from changes nothing.
UPDATE release
SET state = :to_state, published_at = coalesce(published_at, CAST(:published_at AS timestamptz))
WHERE release_id = :release_id AND state = ANY (:from_states)
