-- The arrangements of one half-year, as far as counting needs them.
SELECT municipality, person, product_category, start_date, end_date
FROM arrangement
WHERE law = %(law)s AND half_year = %(half_year)s
