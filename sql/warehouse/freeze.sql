-- Lay down what counts of a municipality and half-year.
INSERT INTO frozen (law, round, half_year, municipality, status, delivery_id)
VALUES (:law, :round, :half_year, :municipality, :status, :delivery_id);
