-- Municipal cells of each release by why they are shown or not.
SELECT release_id, reason, count(*) AS cells
FROM release_cell
WHERE region LIKE 'GM%' AND measure = :measure
GROUP BY release_id, reason
ORDER BY release_id, reason;
