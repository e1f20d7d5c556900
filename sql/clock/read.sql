-- The moment that the demo's clock shows; no row or null: the system's time.
SELECT instant FROM clock WHERE id = 1;
