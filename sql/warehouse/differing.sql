-- Municipalities of a half-year of which the tables do not hold exactly the rows that the account says.
WITH held_records AS (
    SELECT municipality, count(*) AS rows_used, count(*) FILTER (WHERE unknown_person) AS rows_unknown_person
    FROM record
    WHERE law = :law AND half_year = :half_year
    GROUP BY municipality
), held_arrangements AS (
    SELECT municipality, count(*) AS arrangements, sum(records) AS records
    FROM arrangement
    WHERE law = :law AND half_year = :half_year
    GROUP BY municipality
), account AS (
    SELECT municipality, rows_used, rows_unknown_person, arrangements
    FROM load_account
    WHERE law = :law AND half_year = :half_year
)
SELECT municipality
FROM account
FULL JOIN held_records USING (municipality)
FULL JOIN held_arrangements USING (municipality)
WHERE account.rows_used IS NULL
    OR (account.rows_used, account.rows_unknown_person, account.arrangements, account.rows_used)
        IS DISTINCT FROM (coalesce(held_records.rows_used, 0), coalesce(held_records.rows_unknown_person, 0),
            coalesce(held_arrangements.arrangements, 0), coalesce(held_arrangements.records, 0))
ORDER BY municipality;
