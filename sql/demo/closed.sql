-- The half-years that a round froze.
SELECT half_year FROM round_close WHERE law = :law AND round = :round ORDER BY half_year;
