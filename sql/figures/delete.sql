-- Make room for the figures of a period.
DELETE FROM figure WHERE law = :law AND period = :period
