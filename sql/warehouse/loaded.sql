-- What the warehouse holds of a half-year: of each municipality and provider the delivery, and the content that its rows were made of.
SELECT municipality, provider, delivery_id, content
FROM load_account
WHERE law = :law AND half_year = :half_year
ORDER BY municipality, provider;
