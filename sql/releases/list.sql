-- Every release that was ever built, oldest first.
SELECT release_id, number, law, round, state, created_at, published_at, half_years FROM release ORDER BY number
