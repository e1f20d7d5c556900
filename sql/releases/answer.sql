-- Answer a question.
INSERT INTO release_answer (question, answer, answered_by, answered_at, reason)
VALUES (:question, :answer, :answered_by, :answered_at, :reason)
