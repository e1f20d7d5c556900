-- The newest incident of a kind.
SELECT began_at, last_seen_at FROM incident WHERE what = :what ORDER BY began_at DESC LIMIT 1;
