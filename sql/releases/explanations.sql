-- The explanation in force of each municipality and half-year as of a round: the newest that the engineer approved, up to now (an empty `release`) or
-- up to the building of a release. What was in force before explanations were read has no row of an approval.
SELECT DISTINCT ON (half_year, municipality) half_year, municipality, content ->> 'text' AS text
FROM form
LEFT JOIN LATERAL (SELECT min(sequence) AS sequence FROM audit WHERE subject = form.form_id AND event = 'approved') AS approval ON true
WHERE kind = 'explanation' AND law = %(law)s
    AND half_year_order(round) <= half_year_order(%(round)s) AND content ->> 'text' IS NOT NULL
    AND CASE
        WHEN %(release)s = '' OR approval.sequence IS NULL THEN state = 'approved'
        ELSE approval.sequence < (SELECT max(sequence) FROM audit WHERE subject = %(release)s AND event = 'built')
    END
ORDER BY half_year, municipality, form_number DESC
