-- What the attack found of a release to come.
INSERT INTO attack_report (release_id, fingerprint, law, attacked_at, cells, disclosed, repaired, lets_out, seconds, report)
VALUES (:release_id, :fingerprint, :law, :attacked_at, :cells, :disclosed, :repaired, :lets_out, :seconds, CAST(:report AS jsonb))
ON CONFLICT (release_id, fingerprint) DO UPDATE SET
    attacked_at = excluded.attacked_at,
    cells = excluded.cells,
    disclosed = excluded.disclosed,
    repaired = excluded.repaired,
    lets_out = excluded.lets_out,
    seconds = excluded.seconds,
    report = excluded.report
