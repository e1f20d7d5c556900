-- The release since which a cell stays missing.
SELECT min(since) FROM repair WHERE law = :law AND period = :period AND municipality = :municipality AND content = ANY (:contents)
