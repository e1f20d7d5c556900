-- Change the state of a delivery.
UPDATE delivery SET state = :state, reason = :reason WHERE delivery_id = :delivery_id;
