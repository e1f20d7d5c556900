-- The tables that it stood in have been written anew.
UPDATE expiry SET cleaned_at = :at WHERE kind = :kind AND subject = ANY(:subjects) AND cleaned_at IS NULL
