-- The deliveries that count of a half-year as of the newest close that takes it.
SELECT delivery.delivery_id, delivery.half_year, delivery.municipality, delivery.upload_number, delivery.round, delivery.bucket,
    delivery.object_key, delivery.version_id, delivery.file_name, delivery.sha256, delivery.size_bytes, delivery.received_at,
    delivery.registered_at, delivery.state, delivery.reason, delivery.attempt, delivery.verdict, delivery.checked_at,
    delivery.facultative_used, delivery.deleted_at
FROM frozen
JOIN delivery USING (delivery_id)
WHERE frozen.half_year = :half_year
    AND frozen.round = (SELECT max(round) FROM round_close WHERE half_year = :half_year)
ORDER BY delivery.municipality;
