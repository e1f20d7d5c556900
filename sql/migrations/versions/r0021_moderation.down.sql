-- Lost: which explanations were sent back or wait for the engineer; only those that were approved are printed by the earlier version.
ALTER TABLE form DROP CONSTRAINT form_state_check;
UPDATE form SET state = 'replaced', reason = 'not approved' WHERE kind = 'explanation' AND state IN ('filed', 'sent_back');
UPDATE form SET state = 'filed' WHERE state = 'approved';
ALTER TABLE form ADD CONSTRAINT form_state_check CHECK (state IN ('received', 'malformed', 'too_late', 'too_early', 'filed', 'carried_out',
    'replaced', 'nothing_to_withdraw'));
COMMENT ON COLUMN form.state IS NULL;
