-- Municipalities and providers of a half-year of which the tables do not hold exactly the rows that the account says; provider 0 is none.
WITH held_records AS (
    SELECT municipality, coalesce(provider, 0) AS provider, count(*) AS rows_used, count(*) FILTER (WHERE unknown_person) AS rows_unknown_person
    FROM record
    WHERE law = :law AND half_year = :half_year
    GROUP BY 1, 2
), held_arrangements AS (
    SELECT municipality, coalesce(provider, 0) AS provider, count(*) AS arrangements, sum(records) AS records
    FROM arrangement
    WHERE law = :law AND half_year = :half_year
    GROUP BY 1, 2
), account AS (
    SELECT municipality, coalesce(CAST(nullif(provider, '') AS bigint), 0) AS provider, rows_used, rows_unknown_person, arrangements
    FROM load_account
    WHERE law = :law AND half_year = :half_year
)
SELECT municipality, provider
FROM account
FULL JOIN held_records USING (municipality, provider)
FULL JOIN held_arrangements USING (municipality, provider)
WHERE account.rows_used IS NULL
    OR (account.rows_used, account.rows_unknown_person, account.arrangements, account.rows_used)
        IS DISTINCT FROM (coalesce(held_records.rows_used, 0), coalesce(held_records.rows_unknown_person, 0),
            coalesce(held_arrangements.arrangements, 0), coalesce(held_arrangements.records, 0))
ORDER BY municipality, provider;
