-- Municipalities that the warehouse holds rows of for a half-year.
SELECT municipality FROM load_account WHERE law = :law AND half_year = :half_year ORDER BY municipality;
