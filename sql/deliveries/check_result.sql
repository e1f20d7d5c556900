-- The stored result of a check.
SELECT result, op_orde FROM check_result WHERE delivery_id = :delivery_id;
