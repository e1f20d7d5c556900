-- Whether every record of some deliveries has an allocation number, as their checks found; null where that was not kept.
SELECT delivery_id, CAST(op_orde #>> '{summary,by_allocation}' AS boolean) AS allocated
FROM check_result
WHERE delivery_id = ANY(:ids);
