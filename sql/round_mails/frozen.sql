-- What the close of a round laid down, by half-year and municipality.
SELECT half_year, municipality, status FROM frozen WHERE law = :law AND round = :round;
