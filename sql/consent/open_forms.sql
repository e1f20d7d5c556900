-- Forms that still have to be dealt with: not looked at yet, or a withdrawal that was filed and not carried out.
SELECT form_id, kind, half_year, municipality, round, bucket, object_key, version_id, size_bytes, received_at, state, content
FROM form
WHERE state = 'received' OR (kind = 'withdrawal' AND state = 'filed')
ORDER BY form_number;
