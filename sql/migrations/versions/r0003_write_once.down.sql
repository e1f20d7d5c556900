-- Lost: nothing but the guard. What was written once may be changed again by who owns it.
DROP VIEW published_cell, published_release;
GRANT SELECT ON release, release_cell, round_close TO gmsd_reader;

DROP TRIGGER ledger_stays ON release_cell;
DROP TRIGGER ledger_delete ON release_cell;
DROP TRIGGER ledger_update ON release_cell;
DROP TRIGGER ledger_insert ON release_cell;
DROP FUNCTION ledger_never_changes();
DROP TRIGGER release_stays ON release;
DROP TRIGGER release_row ON release;
DROP FUNCTION release_never_changes();
DROP TRIGGER form_stays ON form;
DROP TRIGGER form_receipt ON form;
DROP FUNCTION form_receipt_never_changes();
DROP TRIGGER delivery_stays ON delivery;
DROP TRIGGER delivery_receipt ON delivery;
DROP FUNCTION receipt_never_changes();
DROP TRIGGER key_fingerprint_never_changes ON key_fingerprint;
GRANT UPDATE ON key_fingerprint TO gmsd_loader;
DROP FUNCTION never_changes();
