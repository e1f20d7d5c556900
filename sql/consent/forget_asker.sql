-- The form holds from now on who asked for a withdrawal, and why.
UPDATE withdrawal_request SET name = '', reason = NULL WHERE token_sha256 = :token_sha256
