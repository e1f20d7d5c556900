-- The withdrawal of a place that waits to be confirmed; and whether the mail about it has left.
SELECT
    token_sha256, law, half_year, municipality, asked_at, ends_at, used_at,
    EXISTS (
        SELECT FROM mail AS question
        WHERE question.kind = 'withdrawal_asked' AND question.municipality = withdrawal_request.municipality
            AND right(question.subject_id, 16) = left(withdrawal_request.token_sha256, 16) AND question.sent_at IS NOT NULL
    ) AS is_mailed
FROM withdrawal_request
WHERE law = :law AND half_year = :half_year AND municipality = :municipality AND used_at IS NULL AND ends_at > :at
