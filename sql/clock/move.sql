-- Set the demo's clock.
INSERT INTO clock (id, instant) VALUES (1, :at)
ON CONFLICT (id) DO UPDATE SET instant = excluded.instant;
