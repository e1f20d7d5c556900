-- A withdrawal that was asked for, by the token of its mail; and whether that mail has left.
SELECT
    law, half_year, municipality, asked_at, ends_at, used_at,
    EXISTS (
        SELECT FROM mail AS question
        WHERE question.kind = 'withdrawal_asked' AND question.municipality = withdrawal_request.municipality
            AND right(question.subject_id, 16) = left(withdrawal_request.token_sha256, 16) AND question.sent_at IS NOT NULL
    ) AS is_mailed
FROM withdrawal_request
WHERE token_sha256 = :token_sha256
