-- Let a municipality deliver after the window; the same again changes the day.
INSERT INTO extension (law, half_year, municipality, round, until, granted_at)
VALUES (:law, :half_year, :municipality, :round, :until, :at)
ON CONFLICT (law, half_year, municipality, round) DO UPDATE SET until = excluded.until, granted_at = excluded.granted_at;
