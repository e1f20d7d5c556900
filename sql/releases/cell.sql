-- The measures of one cell of a release.
SELECT measure, value, reason
FROM release_cell
WHERE release_id = :release_id AND table_id = :table_id AND period = :period AND region = :region AND group_code = :group_code
ORDER BY measure
