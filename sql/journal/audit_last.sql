-- The newest row of the audit trail.
SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1;
