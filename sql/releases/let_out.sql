-- Let a release out on an approving answer, or finish letting it out.
UPDATE release
SET state = 'building', approval = :approval
WHERE release_id = :release_id AND state IN ('proposed', 'building') AND approval IS NULL
