-- Cells of the law of a release that stay missing as of that release.
SELECT repair.law, repair.period, repair.municipality, repair.content, repair.since
FROM repair
JOIN release ON release.law = repair.law
WHERE release.release_id = %(release_id)s AND repair.since <= release.release_id
