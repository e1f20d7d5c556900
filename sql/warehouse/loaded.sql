-- What the warehouse holds of a half-year: of each municipality the delivery, and the content that its rows were made of.
SELECT municipality, delivery_id, content FROM load_account WHERE law = :law AND half_year = :half_year ORDER BY municipality;
