-- Which of some deliveries came in by the portal.
SELECT DISTINCT delivery_id FROM portal_upload WHERE delivery_id = ANY(:ids);
