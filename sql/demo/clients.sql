-- Clients counted in each period, over all municipalities; true counts, of made-up people only.
SELECT period, sum(value) AS clients
FROM figure
WHERE measure = :measure AND group_code = :total
GROUP BY period
ORDER BY period;
