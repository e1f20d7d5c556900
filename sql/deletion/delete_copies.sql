-- What the store called the private copies: it may be a hash of their bytes.
DELETE FROM delivery_copy WHERE delivery_id = ANY(:ids)
