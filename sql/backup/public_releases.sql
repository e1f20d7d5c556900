-- Releases that are public, oldest first.
SELECT release_id FROM release WHERE state IN ('published', 'recalled') ORDER BY number;
