-- Forget the true counts of a release that is not public.
DELETE FROM release_figure
WHERE release_id = (SELECT release_id FROM release WHERE release_id = :release_id AND state IN ('proposed', 'refused'))
