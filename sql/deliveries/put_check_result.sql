-- Keep the result of a check; a newer check replaces it.
INSERT INTO check_result (delivery_id, result, op_orde, lines, rules_version, checked_at)
VALUES (:delivery_id, CAST(:result AS jsonb), CAST(:op_orde AS jsonb), :lines, :rules_version, :at)
ON CONFLICT (delivery_id) DO UPDATE
SET
    result = excluded.result,
    op_orde = excluded.op_orde,
    lines = excluded.lines,
    rules_version = excluded.rules_version,
    checked_at = excluded.checked_at;
