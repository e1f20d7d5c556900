-- An incident goes on.
UPDATE incident
SET last_seen_at = greatest(last_seen_at, CAST(:last_seen_at AS timestamptz))
WHERE what = :what AND began_at = :began_at;
