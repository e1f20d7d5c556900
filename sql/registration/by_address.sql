-- Whose address this is.
SELECT coordinator_id FROM coordinator_address WHERE lower(address) = lower(:address);
