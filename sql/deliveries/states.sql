-- The states of some deliveries.
SELECT delivery_id, state FROM delivery WHERE delivery_id = ANY(:ids);
