-- The rounds of a law of which a release is public, or approved and not public yet.
SELECT round FROM release WHERE law = :law AND state IN ('building', 'published', 'recalled')
UNION
SELECT round FROM release_question JOIN release_answer USING (question) WHERE law = :law AND answer = 'approved'
