-- The addresses of one coordinator, or of all, in the order in which they are mailed, with the contact.
SELECT coordinator_id, address, contact
FROM coordinator_address
JOIN coordinator USING (coordinator_id)
WHERE (CAST(:coordinator_id AS text) IS NULL OR coordinator_id = :coordinator_id)
ORDER BY coordinator_id, position;
