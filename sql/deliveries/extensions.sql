-- Every extension of a delivery window.
SELECT law, half_year, municipality, round, until FROM extension;
