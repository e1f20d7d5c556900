-- The steps of a deletion that are done, in order.
SELECT step, done_at, seconds, found FROM deletion_step WHERE form_id = :form_id ORDER BY done_at, step
