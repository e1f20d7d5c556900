-- Lost: whose mail it was, and how long a refused one waits. A mail that waits leaves without a personal link: send what waits first.
ALTER TABLE mail DROP COLUMN coordinator_id, DROP COLUMN not_before;
