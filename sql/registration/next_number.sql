-- The number of the next coordinator.
SELECT count(*) + 1 FROM coordinator;
