-- A period was made longer, or it went in another way: it is not due any more.
DELETE FROM expiry WHERE done_at IS NULL AND kind = :kind AND subject = :subject
