-- The true counts that a release was made of.
SELECT period, municipality, content, value
FROM release_figure
WHERE release_id = %(release_id)s
