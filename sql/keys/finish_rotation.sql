-- The change of the key is over.
UPDATE key_rotation SET finished_at = :at WHERE rotation = :rotation AND finished_at IS NULL;
