-- The cells that two releases show otherwise.
SELECT table_id, measure, period, region, group_code, earlier.value AS before, later.value AS after
FROM (SELECT * FROM release_cell WHERE release_id = %(before)s) AS earlier
FULL JOIN (SELECT * FROM release_cell WHERE release_id = %(after)s) AS later USING (table_id, measure, period, region, group_code)
WHERE earlier.value IS DISTINCT FROM later.value
