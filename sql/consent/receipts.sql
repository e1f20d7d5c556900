-- Where deliveries arrived, by what the store calls it.
SELECT delivery_id, object_key, version_id, deleted_at FROM delivery WHERE bucket = :bucket;
