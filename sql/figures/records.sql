-- The records used of one half-year, as far as joining them over a year needs them.
SELECT municipality, person, product_category, start_date, end_date, delivery_form, end_reason, allocation_number
FROM record
WHERE law = %(law)s AND half_year = %(half_year)s
