-- The accepted deliveries of other municipalities that a report is set beside, as of now.
SELECT delivery_id
FROM delivery
JOIN check_result USING (delivery_id)
WHERE law = :law AND half_year = :half_year AND municipality <> :municipality
    AND state IN ('accepted', 'approved', 'loaded', 'published') AND op_orde IS NOT NULL
ORDER BY delivery_id;
