-- The delivery that a form led to.
SELECT delivery_id FROM portal_upload WHERE coordinator_id = :coordinator_id AND form_hash = :form_hash;
