-- The cells of a release as they were published.
SELECT period, region, group_code, shown, rate, reason
FROM release_cell
WHERE release_id = %(release_id)s AND table_id = %(table_id)s
ORDER BY period, region, group_code
