-- The account of a coordinator.
SELECT password, authenticator, last_step FROM account WHERE coordinator_id = :coordinator_id;
