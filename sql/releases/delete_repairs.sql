-- Forget the repairs of a release that is not public.
DELETE FROM repair
WHERE since = (SELECT release_id FROM release WHERE release_id = :release_id AND state IN ('proposed', 'refused'))
