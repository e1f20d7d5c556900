-- Set an accepted delivery beside other deliveries than when it was checked.
UPDATE check_result SET op_orde = jsonb_set(op_orde, '{compared_with}', to_jsonb(CAST(:ids AS text []))) WHERE delivery_id = :delivery_id;
