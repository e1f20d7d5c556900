-- Every cell of a release as its readers have it.
SELECT table_id, measure, period, region, group_code, value
FROM release_cell
WHERE release_id = %(release_id)s
ORDER BY table_id, measure, period, region, group_code
