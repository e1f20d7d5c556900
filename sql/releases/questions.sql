-- Questions with their answers, newest first: one, those about a release, those of a run, or all. Only the newest about a release counts.
SELECT asked.question, asked.release_id, asked.fingerprint, asked.law, asked.round, asked.run_id, asked.asked_by, asked.asked_at, asked.preview,
    release_answer.answer, release_answer.answered_by, release_answer.answered_at, release_answer.reason,
    NOT EXISTS (SELECT FROM release_question AS newer WHERE newer.release_id = asked.release_id AND newer.question > asked.question) AS counts
FROM release_question AS asked
LEFT JOIN release_answer USING (question)
WHERE (CAST(:question AS integer) IS NULL OR asked.question = :question)
    AND (CAST(:release_id AS text) IS NULL OR asked.release_id = :release_id)
    AND (CAST(:run_id AS text) IS NULL OR asked.run_id = :run_id)
ORDER BY asked.question DESC
