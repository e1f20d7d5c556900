-- Lay down what counts of a municipality and half-year.
INSERT INTO frozen (round, half_year, municipality, status, delivery_id)
VALUES (:round, :half_year, :municipality, :status, :delivery_id);
