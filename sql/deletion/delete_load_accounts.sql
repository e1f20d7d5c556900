-- Where the rows of a delivery went: it goes with them.
DELETE FROM load_account WHERE law = :law AND half_year = :half_year AND municipality = :municipality AND delivery_id = ANY(:ids)
