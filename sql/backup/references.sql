-- Which table refers to which.
SELECT DISTINCT referring.relname AS referring, referred.relname AS referred
FROM pg_constraint
JOIN pg_class AS referring ON referring.oid = conrelid AND NOT referring.relispartition
JOIN pg_class AS referred ON referred.oid = confrelid
WHERE contype = 'f' AND connamespace = CAST('public' AS regnamespace) AND conrelid <> confrelid;
