-- Until now an explanation was printed as soon as it came in: those stay printed.
ALTER TABLE form DROP CONSTRAINT form_state_check;
UPDATE form SET state = 'approved' WHERE kind = 'explanation' AND state = 'filed';
ALTER TABLE form ADD CONSTRAINT form_state_check CHECK (state IN ('received', 'malformed', 'too_late', 'too_early', 'filed', 'carried_out',
    'replaced', 'nothing_to_withdraw', 'approved', 'sent_back'));
COMMENT ON COLUMN form.state IS
'Where it stands; of an explanation filed: it waits for the engineer, approved: it is printed with the figures, sent_back: with a reason, and not printed.';
