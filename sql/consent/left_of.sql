-- Rows about deliveries whose data are gone, that should have gone with them.
SELECT delivery_id, 'table check_result' AS place FROM check_result WHERE delivery_id = ANY(:ids)
UNION ALL
SELECT delivery_id, 'table confirmation' FROM confirmation WHERE delivery_id = ANY(:ids)
UNION ALL
SELECT delivery_id, 'table portal_reply' FROM portal_reply WHERE delivery_id = ANY(:ids)
UNION ALL
SELECT delivery_id, 'table delivery_copy' FROM delivery_copy WHERE delivery_id = ANY(:ids)
UNION ALL
SELECT delivery_id, 'tables record and arrangement' FROM load_account WHERE delivery_id = ANY(:ids)
UNION ALL
SELECT subject_id, 'table mail' FROM mail WHERE subject_id = ANY(:ids) AND (subject, body_text, body_html) <> ('', '', '')
UNION ALL
SELECT delivery_id, 'the register, which still has its name' FROM delivery
WHERE delivery_id = ANY(:ids) AND deleted_at IS NOT NULL AND (file_name, object_key) <> ('', '')
UNION ALL
SELECT delivery_id, 'the register, which does not say that it was deleted' FROM delivery WHERE delivery_id = ANY(:ids) AND deleted_at IS NULL
ORDER BY delivery_id, place;
