-- How each municipality stands in each half-year as of the newest close up to a round.
SELECT DISTINCT ON (half_year, municipality) half_year, municipality, status, delivery_id
FROM frozen
WHERE law = %(law)s AND half_year_order(round) <= half_year_order(%(round)s)
ORDER BY half_year, municipality, half_year_order(round) DESC
