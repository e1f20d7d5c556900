-- One release.
SELECT release_id, number, law, round, state, created_at, published_at, half_years, document, account_sha256, fingerprint, approval
FROM release
WHERE release_id = :release_id
