-- Write a release that is not public yet; an earlier proposal or refusal under the same number is replaced.
INSERT INTO release (release_id, number, law, round, state, created_at, half_years, document, account_sha256, fingerprint)
VALUES (:release_id, :number, :law, :round, 'proposed', :created_at, CAST(:half_years AS jsonb), CAST(:document AS jsonb), :account_sha256,
    :fingerprint)
ON CONFLICT (release_id) DO UPDATE SET
    law = excluded.law,
    round = excluded.round,
    state = excluded.state,
    created_at = excluded.created_at,
    half_years = excluded.half_years,
    document = excluded.document,
    account_sha256 = excluded.account_sha256,
    fingerprint = excluded.fingerprint
WHERE release.state IN ('proposed', 'refused')
