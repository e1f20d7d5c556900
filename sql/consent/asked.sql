-- A withdrawal that was asked for, by the token of its mail.
SELECT law, half_year, municipality, asked_at, ends_at, used_at FROM withdrawal_request WHERE token_sha256 = :token_sha256
