-- Lay down what counts of a municipality and half-year, of each of its providers where files come from these.
INSERT INTO frozen (law, round, half_year, municipality, provider, status, delivery_id)
VALUES (:law, :round, :half_year, :municipality, :provider, :status, :delivery_id);
