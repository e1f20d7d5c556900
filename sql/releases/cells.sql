-- The cells of a table of a release as they were published.
SELECT measure, period, region, group_code, value, reason
FROM release_cell
WHERE release_id = %(release_id)s AND table_id = %(table_id)s
ORDER BY measure, period, region, group_code
