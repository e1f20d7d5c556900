-- What the tables hold of a place and of some deliveries of it. Rows of the warehouse are theirs as far as the account says so.
WITH loaded AS (
    SELECT law, half_year, municipality, coalesce(CAST(nullif(provider, '') AS bigint), 0) AS whose FROM load_account
    WHERE law = :law AND half_year = :half_year AND municipality = :municipality AND delivery_id = ANY(:ids)
)
SELECT (SELECT count(*) FROM check_result WHERE delivery_id = ANY(:ids)) AS check_results,
    (SELECT count(*) FROM confirmation WHERE delivery_id = ANY(:ids)) AS confirmations,
    (SELECT count(*) FROM portal_reply WHERE delivery_id = ANY(:ids)) AS replies,
    (SELECT count(*) FROM record JOIN loaded USING (law, half_year, municipality) WHERE coalesce(provider, 0) = whose) AS records,
    (SELECT count(*) FROM arrangement JOIN loaded USING (law, half_year, municipality) WHERE coalesce(provider, 0) = whose) AS arrangements,
    (SELECT count(*) FROM loaded) AS load_accounts,
    (SELECT count(*) FROM figure WHERE law = :law AND municipality = :municipality AND period = ANY(:periods) AND EXISTS (SELECT FROM loaded)) AS figures,
    (SELECT count(*) FROM mail WHERE subject_id = ANY(:ids) AND (subject, body_text, body_html) <> ('', '', '')) AS mails,
    (SELECT count(*) FROM delivery WHERE delivery_id = ANY(:ids) AND (file_name, object_key) <> ('', '')) AS names,
    (
        SELECT count(*) FROM inbox_marker
        WHERE starts_with(object_key, :folder) OR object_key IN (SELECT object_key FROM delivery WHERE delivery_id = ANY(:ids))
    ) AS markers
