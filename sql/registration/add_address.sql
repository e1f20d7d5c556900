-- One more address of a coordinator, after the others.
INSERT INTO coordinator_address (coordinator_id, position, address)
SELECT :coordinator_id, count(*) + 1, :address FROM coordinator_address WHERE coordinator_id = :coordinator_id;
