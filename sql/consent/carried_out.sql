-- A withdrawal has been carried out.
UPDATE form SET state = :state, reason = :reason, carried_out_at = :at WHERE form_id = :form_id AND state = 'filed';
