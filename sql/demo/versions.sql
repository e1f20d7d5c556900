-- Every version of the inbox that was ever registered.
SELECT object_key, version_id FROM delivery
UNION ALL
SELECT object_key, version_id FROM form;
