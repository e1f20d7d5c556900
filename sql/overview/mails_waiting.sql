-- How many mails wait to be sent, by municipality.
SELECT municipality, count(*) AS waiting FROM mail WHERE sent_at IS NULL AND municipality IS NOT NULL GROUP BY municipality;
