-- One delivery.
SELECT * FROM delivery_row WHERE delivery_id = :delivery_id;
