-- The rounds of a law of which a release is public.
SELECT DISTINCT round FROM release WHERE law = :law AND state = 'published';
