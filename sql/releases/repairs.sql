-- Cells of a law that stay missing, and since which release.
SELECT period, municipality, content, since
FROM repair
WHERE law = %(law)s
ORDER BY period, municipality, content
