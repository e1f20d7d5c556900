-- The true counts of a municipality in a period.
SELECT content, value
FROM figure
WHERE law = :law AND period = :period AND municipality = :municipality AND content = ANY (:contents)
