-- The result of a check goes with the data it was about.
DELETE FROM check_result WHERE delivery_id = :delivery_id;
