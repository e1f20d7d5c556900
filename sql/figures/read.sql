-- The true figures of a table.
SELECT measure, period, municipality, group_code, value
FROM figure
WHERE table_id = %(table_id)s
ORDER BY measure, period, municipality, group_code
