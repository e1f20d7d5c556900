-- The half-years of a law that are recalled.
SELECT half_year FROM recall WHERE law = :law AND lifted_at IS NULL ORDER BY half_year
