-- Ask that a release may be published.
INSERT INTO release_question (question, release_id, fingerprint, law, round, run_id, asked_by, asked_at, preview)
VALUES (:question, :release_id, :fingerprint, :law, :round, :run_id, :asked_by, :asked_at, CAST(:preview AS jsonb))
