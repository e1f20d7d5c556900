-- Reasons that a coordinator gave for remarks: they are about the data.
DELETE FROM confirmation WHERE delivery_id = ANY(:ids)
