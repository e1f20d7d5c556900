-- A withdrawal that was asked for is confirmed, once and in time.
UPDATE withdrawal_request SET used_at = :at
WHERE token_sha256 = :token_sha256 AND used_at IS NULL AND ends_at > :at
RETURNING law, half_year, municipality, name, reason
