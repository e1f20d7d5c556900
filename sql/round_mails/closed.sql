-- How many half-years of a round were closed.
SELECT count(*) FROM round_close WHERE law = :law AND round = :round;
