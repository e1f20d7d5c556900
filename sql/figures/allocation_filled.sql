-- The municipalities that filled the allocation number in their deliveries of both halves of a year.
SELECT municipality
FROM load_account
WHERE law = %(law)s AND half_year IN (%(first)s, %(second)s)
GROUP BY municipality
HAVING bool_and(allocation_filled)
