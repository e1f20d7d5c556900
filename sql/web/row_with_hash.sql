-- Where in the audit trail the row with a hash stands, and whether it is of a registration.
SELECT sequence, at FROM audit WHERE hash = :hash AND event = 'registered';
