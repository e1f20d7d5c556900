-- Recall a half-year.
INSERT INTO recall (law, half_year, recalled_at, recalled_by, reason)
VALUES (:law, :half_year, :recalled_at, :recalled_by, :reason)
