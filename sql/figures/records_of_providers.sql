-- The records used of one half-year of a law whose files come from providers, as far as joining them over a year needs them.
SELECT municipality, person, product_category, start_date, end_date, delivery_form, end_reason, allocation_number, provider
FROM record
WHERE law = %(law)s AND half_year = %(half_year)s
