-- The explanation in force of each municipality and half-year as of a round: the newest that the engineer approved.
SELECT DISTINCT ON (half_year, municipality) half_year, municipality, content ->> 'text' AS text
FROM form
WHERE kind = 'explanation' AND state = 'approved' AND law = %(law)s
    AND half_year_order(round) <= half_year_order(%(round)s) AND content ->> 'text' IS NOT NULL
ORDER BY half_year, municipality, form_number DESC
