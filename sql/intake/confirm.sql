-- Keep why a remark is right; another reason takes the place of an earlier one.
INSERT INTO confirmation (delivery_id, code, reason, confirmed_at)
VALUES (:delivery_id, :code, :reason, :at)
ON CONFLICT (delivery_id, code) DO UPDATE SET reason = excluded.reason, confirmed_at = excluded.confirmed_at;
