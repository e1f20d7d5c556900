-- The remarks of a delivery that were confirmed, and why, in order of their confirmation.
SELECT code, reason FROM confirmation WHERE delivery_id = :delivery_id ORDER BY confirmed_at, code;
