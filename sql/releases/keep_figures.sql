-- Keep the true counts that a release is made of.
INSERT INTO release_figure (release_id, period, municipality, content, value)
SELECT :release_id, period, municipality, content, value
FROM figure
WHERE law = :law AND period = ANY (:periods)
