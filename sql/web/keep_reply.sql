-- What somebody says of how easy it was; a later answer about the same delivery stands in the place of an earlier one.
INSERT INTO portal_reply (delivery_id, score, words, at) VALUES (:delivery_id, :score, :words, :at)
ON CONFLICT (delivery_id) DO UPDATE SET score = excluded.score, words = excluded.words, at = excluded.at;
