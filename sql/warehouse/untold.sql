-- Whether the trail does not tell of what is loaded: a load was killed after it wrote the last rows, and before it wrote that down.
SELECT coalesce(
    (
        SELECT NOT details @> CAST(:account AS jsonb) OR EXISTS (
            SELECT FROM load_account WHERE law = :law AND half_year = :half_year AND loaded_at > audit.at
        )
        FROM audit
        WHERE subject = :subject AND event = 'loaded'
        ORDER BY sequence DESC
        LIMIT 1
    ),
    EXISTS (SELECT FROM load_account WHERE law = :law AND half_year = :half_year)
);
