-- The line numbers of the stored result of a check.
SELECT lines FROM check_result WHERE delivery_id = :delivery_id;
