-- The number of the next question.
SELECT coalesce(max(question), 0) + 1 FROM release_question
