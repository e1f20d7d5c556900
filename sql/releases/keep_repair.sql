-- A cell stays missing from a release on; one that was repaired before keeps its release.
INSERT INTO repair (law, period, municipality, content, since)
VALUES (:law, :period, :municipality, :content, :since)
ON CONFLICT (law, period, municipality, content) DO NOTHING
