-- Lost: the line numbers that the result of a check does not name; a check again finds them again.
ALTER TABLE check_result DROP COLUMN lines;
