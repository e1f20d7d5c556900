-- What the close of a round laid down of a half-year, by municipality.
SELECT municipality, status FROM frozen WHERE law = :law AND round = :round AND half_year = :half_year;
