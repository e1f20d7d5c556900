-- Keys of what nobody delivered in the folder of a place, and of what was deleted at the keys of its deliveries, where no delivery that stays has
-- the key.
DELETE FROM inbox_marker
WHERE (starts_with(object_key, :folder) OR object_key IN (SELECT object_key FROM delivery WHERE delivery_id = ANY(:ids)))
    AND NOT EXISTS (
        SELECT FROM delivery
        WHERE delivery.object_key = inbox_marker.object_key AND deleted_at IS NULL AND delivery_id <> ALL(:ids)
    )
