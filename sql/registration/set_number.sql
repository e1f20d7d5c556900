-- The correspondence number of a term.
UPDATE coordinator_term SET correspondence_number = :correspondence_number
WHERE coordinator_id = :coordinator_id AND municipality = :municipality AND law = :law AND valid_from = :valid_from;
