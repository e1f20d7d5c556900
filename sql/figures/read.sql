-- The true figures of a table.
SELECT period, municipality, group_code, clients
FROM figure
WHERE table_id = %(table_id)s
ORDER BY period, municipality, group_code
