-- How many unplaced uploads there are.
SELECT count(*) FROM delivery WHERE half_year IS NULL;
