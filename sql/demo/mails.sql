-- Mails by kind.
SELECT kind, count(sent_at) AS sent, count(*) - count(sent_at) AS waiting
FROM mail
GROUP BY kind
ORDER BY kind;
