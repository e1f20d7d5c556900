-- Lift the recall of a half-year.
UPDATE recall
SET lifted_at = :lifted_at, lifted_by = :lifted_by
WHERE law = :law AND half_year = :half_year AND lifted_at IS NULL
