-- The half-years of rounds that have been closed.
SELECT law, round, half_year FROM round_close;
