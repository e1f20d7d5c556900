-- The half-years that a round froze.
SELECT half_year FROM round_close WHERE round = :round ORDER BY half_year;
