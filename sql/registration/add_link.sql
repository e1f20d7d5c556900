-- A link was made.
INSERT INTO personal_link (hash, coordinator_id, law, round, number, made_at) VALUES (:hash, :coordinator_id, :law, :round, :number, :at);
