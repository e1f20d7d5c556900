-- Count a late upload in its round.
UPDATE delivery SET attempt = :attempt WHERE delivery_id = :delivery_id;
