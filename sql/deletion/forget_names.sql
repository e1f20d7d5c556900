-- The data of deliveries are gone, and with them what their sender called the files; what is left is the receipt.
UPDATE delivery
SET deleted_at = coalesce(deleted_at, :at), file_name = '', object_key = ''
WHERE delivery_id = ANY(:ids)
