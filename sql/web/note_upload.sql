-- A form led to a delivery.
INSERT INTO portal_upload (coordinator_id, form_hash, delivery_id, lines, at)
VALUES (:coordinator_id, :form_hash, :delivery_id, :lines, :at)
ON CONFLICT DO NOTHING;
