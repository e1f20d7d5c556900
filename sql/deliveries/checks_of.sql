-- How many times a delivery has been checked.
SELECT count(*) FROM audit WHERE subject = :subject AND event = 'checked';
