-- A withdrawal is asked for; an earlier one of the same place that was not confirmed gives way.
WITH before AS (
    DELETE FROM withdrawal_request
    WHERE used_at IS NULL AND law = :law AND half_year = :half_year AND municipality = :municipality
)
INSERT INTO withdrawal_request (token_sha256, law, half_year, municipality, name, reason, asked_at, ends_at)
VALUES (:token_sha256, :law, :half_year, :municipality, :name, :reason, :asked_at, :ends_at)
