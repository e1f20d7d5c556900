-- It has gone.
UPDATE expiry SET done_at = :at WHERE kind = :kind AND subject = ANY(:subjects) AND done_at IS NULL
