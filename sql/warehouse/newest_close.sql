-- The newest closed round that takes a half-year; no row when there is none.
SELECT round FROM round_close WHERE law = :law AND half_year = :half_year ORDER BY half_year_order(round) DESC LIMIT 1;
