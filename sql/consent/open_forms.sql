-- Forms that still have to be dealt with: not looked at yet, or a withdrawal that was filed and not carried out.
SELECT form_id, kind, law, half_year, municipality, round, bucket, object_key, version_id, received_at, state
FROM form
WHERE state = 'received' OR (kind = 'withdrawal' AND state = 'filed')
ORDER BY form_number;
