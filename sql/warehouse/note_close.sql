-- Note that a round has been closed for a half-year.
INSERT INTO round_close (round, half_year, closed_at, deliveries) VALUES (:round, :half_year, :closed_at, :deliveries);
