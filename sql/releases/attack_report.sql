-- What the attack found of a release to come.
SELECT cells, disclosed, repaired, lets_out, seconds, report FROM attack_report WHERE release_id = :release_id AND fingerprint = :fingerprint
