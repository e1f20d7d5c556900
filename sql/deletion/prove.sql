-- A deletion is done, and this proves it.
UPDATE deletion SET done_at = :at, proof = :proof WHERE form_id = :form_id AND done_at IS NULL
