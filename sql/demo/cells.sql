-- Municipal cells of each release by why they are shown or not, over all tables; of what is made of another cell nothing is counted.
SELECT release_id, reason, count(*) AS cells
FROM release_cell
WHERE region LIKE 'GM%' AND measure = ANY (:measures)
GROUP BY release_id, reason
ORDER BY release_id, reason;
