-- One deletion.
SELECT form_id, began_at, inventory, done_at, proof FROM deletion WHERE form_id = :form_id
