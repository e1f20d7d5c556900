-- A deletion begins: what was there.
INSERT INTO deletion (form_id, began_at, inventory) VALUES (:form_id, :began_at, CAST(:inventory AS jsonb))
