-- The codes of the letters of a coordinator, used or not.
DELETE FROM account_code WHERE coordinator_id = :coordinator_id;
