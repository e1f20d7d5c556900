-- The data of a delivery are gone.
UPDATE delivery SET deleted_at = :at WHERE delivery_id = :delivery_id AND deleted_at IS NULL;
