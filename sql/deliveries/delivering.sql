-- Municipalities with a delivery in a round that is accepted, or was not checked yet.
SELECT DISTINCT municipality
FROM delivery
WHERE law = :law AND half_year = :half_year AND round = :round
    AND state IN ('received', 'accepted', 'approved', 'loaded', 'published', 'superseded');
