-- How many forms there are.
SELECT count(*) FROM form;
