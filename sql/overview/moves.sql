-- Every change of state of the uploads of a half-year in a round, in the order of the audit trail.
SELECT delivery.municipality, delivery.delivery_id, audit.at, audit.to_state
FROM delivery
JOIN audit ON audit.subject = delivery.delivery_id
WHERE delivery.law = :law AND delivery.half_year = :half_year AND delivery.round = :round AND audit.to_state IS NOT NULL
ORDER BY audit.sequence;
