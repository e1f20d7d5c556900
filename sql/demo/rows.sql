-- Where the rows of each loaded half-year went.
SELECT
    half_year,
    count(DISTINCT municipality) AS municipalities,
    sum(rows_in) AS rows_in,
    sum(rows_used) AS rows_used,
    sum(rows_out_of_scope) AS rows_out_of_scope,
    sum(rows_never_sent) AS rows_never_sent,
    sum(rows_unknown_person) AS rows_unknown_person,
    sum(rows_merged) AS rows_merged,
    sum(arrangements) AS arrangements
FROM load_account
WHERE law = :law
GROUP BY half_year
ORDER BY half_year;
