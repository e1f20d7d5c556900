-- The rules for which a file was rejected.
SELECT DISTINCT finding ->> 'rule'
FROM check_result, jsonb_array_elements(result -> 'findings') AS finding
WHERE delivery_id = :delivery_id AND finding ->> 'level' IN ('file', 'base');
