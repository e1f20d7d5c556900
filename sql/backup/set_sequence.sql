-- Let a sequence go on where it was.
SELECT setval(CAST(:name AS regclass), :value);
