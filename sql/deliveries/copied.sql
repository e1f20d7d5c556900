-- Whether a private copy of a delivery has been made.
SELECT kept_at IS NOT NULL FROM delivery_copy WHERE delivery_id = :delivery_id;
