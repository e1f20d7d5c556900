-- The rounds that hold a delivery.
SELECT DISTINCT law, round FROM delivery WHERE round IS NOT NULL;
