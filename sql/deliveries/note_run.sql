-- A run has been started for some deliveries.
UPDATE delivery SET run_noted_at = :at WHERE delivery_id = ANY(:ids) AND run_noted_at IS NULL;
