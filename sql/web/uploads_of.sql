-- Which of some deliveries came in by the portal, and by whom the first form that led to each was sent.
SELECT DISTINCT ON (delivery_id) delivery_id, coordinator_id FROM portal_upload WHERE delivery_id = ANY(:ids) ORDER BY delivery_id, at;
