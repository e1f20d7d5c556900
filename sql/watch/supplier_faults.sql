-- Of every supplier, half-year and rule: how many municipalities sent a file in which it was broken, of how many that were checked; in how many
-- it still is in their newest file; and the same of all whose files others make. What was withdrawn is not there any more.
WITH checked AS (
    SELECT d.delivery_id, d.law, d.half_year, d.municipality, coalesce(named.supplier, '') AS supplier, result,
        row_number() OVER (PARTITION BY d.law, d.half_year, d.municipality ORDER BY d.received_at DESC, d.upload_number DESC) = 1 AS is_newest
    FROM delivery_row AS d
    JOIN check_result USING (delivery_id)
    LEFT JOIN LATERAL (
        SELECT supplier FROM software_supplier AS s
        WHERE s.municipality = d.municipality AND s.law IN ('', d.law)
            AND s.valid_from <= CAST(d.received_at AT TIME ZONE 'Europe/Amsterdam' AS date)
        ORDER BY s.law DESC, s.valid_from DESC
        LIMIT 1
    ) AS named ON true
    WHERE d.law = :law AND (CAST(:half_year AS text) IS NULL OR d.half_year = :half_year) AND (CAST(:round AS text) IS NULL OR d.round = :round)
), delivering AS (
    SELECT law, half_year, supplier, count(DISTINCT municipality) AS of FROM checked GROUP BY law, half_year, supplier
), everybody AS (
    SELECT law, half_year, count(DISTINCT municipality) AS of FROM checked GROUP BY law, half_year
), broken AS (
    SELECT DISTINCT law, half_year, supplier, municipality, is_newest, found ->> 'rule' AS rule, found ->> 'level' AS level
    FROM checked, jsonb_array_elements(result -> 'findings') AS found
    WHERE found ->> 'level' <> 'notice'
), counted AS (
    SELECT law, half_year, supplier, rule, level, count(DISTINCT municipality) AS municipalities,
        count(DISTINCT municipality) FILTER (WHERE is_newest) AS still, array_agg(DISTINCT municipality ORDER BY municipality) AS codes
    FROM broken
    GROUP BY law, half_year, supplier, rule, level
), with_others AS (
    SELECT counted.*, (
        SELECT count(DISTINCT b.municipality) FROM broken AS b
        WHERE (b.law, b.half_year, b.rule, b.level) = (counted.law, counted.half_year, counted.rule, counted.level) AND b.supplier <> counted.supplier
    ) AS others
    FROM counted
)
SELECT w.law, w.half_year, w.supplier, w.rule, w.level, w.municipalities, d.of, w.still, w.codes, w.others, e.of - d.of AS of_others
FROM with_others AS w
JOIN delivering AS d USING (law, half_year, supplier)
JOIN everybody AS e USING (law, half_year)
WHERE w.supplier <> ''
ORDER BY w.law, w.half_year DESC, w.supplier, w.municipalities DESC, w.rule, w.level
