-- The file with the protocol's derived columns (expectations/wmo/wmo-2020), each made where the cell passed.
create unlogged table bench_checked as
with formed as (
    select
        *,
        case when pg_input_is_valid(case when "Aanmaakdatum_bestand" ~ '^[0-9]{8}$' then "Aanmaakdatum_bestand" end, 'date')
            then "Aanmaakdatum_bestand"::date end as "Aanmaakdatum_bestand.datum",
        case when "Gemeentecode" ~ '^[0-9]{4}$' then "Gemeentecode" end as "Gemeentecode.vorm",
        case when "BSN" ~ '^[0-9]{9}$' then "BSN"::integer end as number,
        case when pg_input_is_valid(case when "Startdatum_ondersteuning" ~ '^[0-9]{8}$' then "Startdatum_ondersteuning" end, 'date')
            then "Startdatum_ondersteuning"::date end as "Startdatum_ondersteuning.datum",
        case when pg_input_is_valid(case when "Einddatum_ondersteuning" ~ '^[0-9]{8}$' then "Einddatum_ondersteuning" end, 'date')
            then "Einddatum_ondersteuning"::date end as "Einddatum_ondersteuning.datum",
        case when "Eenheid" ~ '^[0-9]{2}$' then "Eenheid" end as "Eenheid.vorm",
        case when "Frequentie" ~ '^[0-9]$' then "Frequentie" end as "Frequentie.vorm",
        case when "Reden_beeindiging" ~ '^[0-9]{2}$' then "Reden_beeindiging" end as "Reden_beeindiging.vorm",
        case when "Reden_wijziging_toewijzing" ~ '^[0-9]{2}$' then "Reden_wijziging_toewijzing" end as "Reden_wijziging_toewijzing.vorm"
    from bench_file
)

select
    *,
    case
        when
            number = 999999999
            or (
                number > 0
                and (
                    9 * (number / 100000000) + 8 * (number / 10000000 %% 10) + 7 * (number / 1000000 %% 10)
                    + 6 * (number / 100000 %% 10) + 5 * (number / 10000 %% 10) + 4 * (number / 1000 %% 10)
                    + 3 * (number / 100 %% 10) + 2 * (number / 10 %% 10) - number %% 10
                ) %% 11 = 0
            )
            then "BSN"
    end as "BSN.vorm",
    case
        when "Startdatum_ondersteuning.datum" is not null and ("Einddatum_ondersteuning" is null or "Einddatum_ondersteuning.datum" is not null)
            then
                "Startdatum_ondersteuning.datum" > %(last_day)s::date
                or coalesce("Einddatum_ondersteuning.datum" < %(first_day)s::date, false)
    end as "regel.buiten_halfjaar",
    case when "Gemeentecode.vorm" = any(%(municipalities)s::text[]) then "Gemeentecode.vorm" end as "Gemeentecode.bestaat",
    case when "Reden_beeindiging.vorm" = any(%(end_reasons)s::text[]) then "Reden_beeindiging.vorm" end as "Reden_beeindiging.goed",
    row_number() over (
        partition by
            "Aanmaakdatum_bestand", "Gemeentecode", "BSN", "Type_maatwerkarrangement", "Startdatum_ondersteuning", "Einddatum_ondersteuning",
            "Leveringsvorm", "Nummer_toewijzing", "Volume", "Eenheid", "Frequentie", "Reden_beeindiging", "Reden_wijziging_toewijzing"
        order by line
    ) > 1 as "regel.herhaling"
from formed
