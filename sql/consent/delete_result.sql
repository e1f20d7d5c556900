-- The result of a check, and what was said of its remarks, go with the data they were about.
WITH gone AS (DELETE FROM confirmation WHERE delivery_id = :delivery_id)
DELETE FROM check_result WHERE delivery_id = :delivery_id;
