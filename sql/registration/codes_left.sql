-- How many codes a coordinator has left.
SELECT count(*) FROM account_code WHERE coordinator_id = :coordinator_id AND used_at IS NULL;
