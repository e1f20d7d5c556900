-- Keep the verdict of a check with the delivery.
UPDATE delivery
SET verdict = :verdict, checked_at = :at, facultative_used = :facultative_used
WHERE delivery_id = :delivery_id;
