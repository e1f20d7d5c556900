-- Clients counted in each period, over all municipalities; true counts, of made-up people only.
SELECT period, sum(clients) AS clients
FROM figure
WHERE group_code = :total
GROUP BY period
ORDER BY period;
