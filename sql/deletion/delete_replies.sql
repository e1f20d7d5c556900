-- What a coordinator said of how easy it was, in their own words.
DELETE FROM portal_reply WHERE delivery_id = ANY(:ids)
