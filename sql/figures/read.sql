-- The true figures of a law.
SELECT period, municipality, content, value
FROM figure
WHERE law = %(law)s
ORDER BY period, municipality, content
