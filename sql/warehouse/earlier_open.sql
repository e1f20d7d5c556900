-- The first earlier round with deliveries that its close has not dealt with.
SELECT min(round) FROM delivery WHERE round < :round AND state IN ('received', 'accepted');
