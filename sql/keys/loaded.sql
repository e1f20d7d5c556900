-- What the warehouse holds.
SELECT law, half_year, municipality, delivery_id FROM load_account ORDER BY law, half_year, municipality;
