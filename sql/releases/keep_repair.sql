-- A cell stays missing from a release on; one that was repaired before keeps its release.
INSERT INTO repair (law, period, municipality, content, since, equation)
VALUES (:law, :period, :municipality, :content, :since, :equation)
ON CONFLICT (law, period, municipality, content) DO NOTHING
