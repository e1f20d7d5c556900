-- The state of a form, for this transaction alone to change.
SELECT state FROM form WHERE form_id = :form_id FOR UPDATE;
