-- What became of a form.
UPDATE form
SET state = :state, reason = :reason, round = :round, sha256 = coalesce(:sha256, sha256), content = coalesce(CAST(:content AS jsonb), content)
WHERE form_id = :form_id;
