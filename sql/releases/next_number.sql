-- The number of the next release: one after the newest that was ever public; a proposal or refusal does not use a number up.
SELECT coalesce(max(number), 0) + 1 FROM release WHERE state IN ('published', 'recalled')
