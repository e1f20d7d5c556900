-- The arrangements of one half-year, as far as counting clients needs them.
SELECT half_year, municipality, person, product_category
FROM arrangement
WHERE law = %(law)s AND half_year = %(half_year)s
