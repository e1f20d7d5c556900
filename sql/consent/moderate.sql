-- The engineer has read an explanation that waited.
UPDATE form SET state = :state, reason = :reason WHERE form_id = :form_id AND kind = 'explanation' AND state = 'filed'
