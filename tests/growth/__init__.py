"""How a half-year of another size goes the whole way: thirty municipalities, the country, and a country of ten times the municipalities."""
