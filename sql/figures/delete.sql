-- Make room for the figures of a table's period.
DELETE FROM figure WHERE table_id = :table_id AND period = :period
