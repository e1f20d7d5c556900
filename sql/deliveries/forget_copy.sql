-- The private copy of a delivery has been erased.
DELETE FROM delivery_copy WHERE delivery_id = :delivery_id;
