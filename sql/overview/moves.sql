-- Every change of state of the uploads of a half-year in a round, in the order of the audit trail. What came from an archive changed its
-- state when it was taken in, and is told on its day of receipt; a withdrawal has its own day.
SELECT
    delivery.municipality,
    delivery.delivery_id,
    CASE WHEN delivery.bucket = :archive AND audit.to_state <> 'withdrawn' THEN delivery.received_at ELSE audit.at END AS at,
    audit.to_state
FROM delivery
JOIN audit ON audit.subject = delivery.delivery_id
WHERE delivery.law = :law AND delivery.half_year = :half_year AND delivery.round = :round AND audit.to_state IS NOT NULL
ORDER BY audit.sequence;
