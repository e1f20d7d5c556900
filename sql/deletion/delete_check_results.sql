-- The results of checks go with the data they were about.
DELETE FROM check_result WHERE delivery_id = ANY(:ids)
