-- What coordinators say of how easy it was, the oldest first.
SELECT delivery_id, score, words, at FROM portal_reply ORDER BY at, delivery_id;
