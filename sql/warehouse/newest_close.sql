-- The newest closed round that takes a half-year; null when there is none.
SELECT max(round) FROM round_close WHERE half_year = :half_year;
