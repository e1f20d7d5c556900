-- How many lines a delivery had when it came in by the portal.
SELECT lines FROM portal_upload WHERE delivery_id = :delivery_id LIMIT 1;
