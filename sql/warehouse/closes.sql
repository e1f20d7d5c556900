-- What was frozen at the close of a round: how many municipalities of each status, by half-year.
SELECT frozen.half_year, frozen.status, count(*) AS municipalities
FROM round_close
JOIN frozen USING (round, half_year)
WHERE round_close.round = :round
GROUP BY frozen.half_year, frozen.status
ORDER BY frozen.half_year, frozen.status;
