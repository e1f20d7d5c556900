-- An authenticator is set up; the code that showed it is used up.
UPDATE account SET authenticator = :authenticator, last_step = :step WHERE coordinator_id = :coordinator_id;
