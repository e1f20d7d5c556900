-- A coordinator serves a municipality from a day on.
INSERT INTO coordinator_term (coordinator_id, municipality, law, valid_from, valid_to, correspondence_number)
VALUES (:coordinator_id, :municipality, :law, :valid_from, :valid_to, :correspondence_number);
