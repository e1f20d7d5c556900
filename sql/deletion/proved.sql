-- Deletions that are done, oldest first: their names as hashes, and their places.
SELECT form_id, law, half_year, municipality, inventory, proof
FROM deletion
JOIN form USING (form_id)
WHERE done_at IS NOT NULL
ORDER BY form_number
