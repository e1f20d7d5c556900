-- What the checks of some deliveries found, by delivery: lines, findings by level, and the rows of the op-orde report; a filter that is null
-- lets everything through.
SELECT
    delivery.delivery_id,
    CAST(check_result.result ->> 'records' AS bigint) AS records,
    check_result.op_orde IS NOT NULL AS has_op_orde,
    (SELECT min(mail.queued_at) FROM mail WHERE mail.subject_id = delivery.delivery_id AND mail.kind = 'op_orde') AS reported_at,
    found.file_faults,
    found.base_faults,
    found.facultative_faults,
    found.notices
FROM delivery
JOIN check_result USING (delivery_id)
CROSS JOIN LATERAL (
    SELECT
        CAST(coalesce(sum(counted.number) FILTER (WHERE counted.level = 'file'), 0) AS bigint) AS file_faults,
        CAST(coalesce(sum(counted.number) FILTER (WHERE counted.level = 'base'), 0) AS bigint) AS base_faults,
        CAST(coalesce(sum(counted.number) FILTER (WHERE counted.level = 'facultative'), 0) AS bigint) AS facultative_faults,
        CAST(coalesce(sum(counted.number) FILTER (WHERE counted.level = 'notice'), 0) AS bigint) AS notices
    FROM (
        SELECT finding ->> 'level' AS level, CAST(finding ->> 'count' AS bigint) AS number
        FROM jsonb_array_elements(check_result.result -> 'findings') AS finding
    ) AS counted
) AS found
WHERE delivery.state <> 'withdrawn'
    AND (CAST(:law AS text) IS NULL OR delivery.law = :law)
    AND (CAST(:half_year AS text) IS NULL OR delivery.half_year = :half_year)
    AND (CAST(:round AS text) IS NULL OR delivery.round = :round)
    AND (CAST(:municipality AS text) IS NULL OR delivery.municipality = :municipality);
