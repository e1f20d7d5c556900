-- Note that a round has been closed for a half-year.
INSERT INTO round_close (law, round, half_year, closed_at, deliveries) VALUES (:law, :round, :half_year, :closed_at, :deliveries);
