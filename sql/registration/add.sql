-- Register a coordinator.
INSERT INTO coordinator (coordinator_id, contact, registered_at) VALUES (:coordinator_id, :contact, :at);
