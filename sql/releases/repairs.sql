-- Cells of a law that stay missing, and since which public release.
SELECT period, municipality, content, since
FROM repair
JOIN release ON release_id = since AND state IN ('building', 'published', 'recalled')
WHERE repair.law = %(law)s
ORDER BY period, municipality, content
