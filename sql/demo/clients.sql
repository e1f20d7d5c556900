-- Clients counted in each period, over all municipalities; true counts, of made-up people only.
SELECT period, sum(value) AS clients
FROM figure
WHERE law = :law AND content = :content
GROUP BY period
ORDER BY period;
