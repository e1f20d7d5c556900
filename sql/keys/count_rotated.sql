-- What a change of the key made anew.
SELECT count(*) AS deliveries, CAST(coalesce(sum(records), 0) AS bigint) AS records, count(load_account.delivery_id) AS loaded
FROM key_rotation_done
LEFT JOIN load_account USING (delivery_id)
WHERE rotation = :rotation;
