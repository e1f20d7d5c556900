-- A code of an authenticator is used up.
UPDATE account SET last_step = :step WHERE coordinator_id = :coordinator_id AND last_step < :step;
