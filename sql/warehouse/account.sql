-- Where the rows of a half-year went, over all municipalities.
SELECT count(DISTINCT municipality) AS municipalities,
    CAST(coalesce(sum(rows_in), 0) AS bigint) AS rows_in,
    CAST(coalesce(sum(rows_used), 0) AS bigint) AS rows_used,
    CAST(coalesce(sum(rows_out_of_scope), 0) AS bigint) AS rows_out_of_scope,
    CAST(coalesce(sum(rows_never_sent), 0) AS bigint) AS rows_never_sent,
    CAST(coalesce(sum(rows_unknown_person), 0) AS bigint) AS rows_unknown_person,
    CAST(coalesce(sum(rows_merged), 0) AS bigint) AS rows_merged,
    CAST(coalesce(sum(arrangements), 0) AS bigint) AS arrangements
FROM load_account
WHERE law = :law AND half_year = :half_year;
