-- A coordinator no longer serves a municipality from a day on.
UPDATE coordinator_term SET valid_to = :valid_to
WHERE coordinator_id = :coordinator_id AND municipality = :municipality AND law = :law AND valid_from = :valid_from;
