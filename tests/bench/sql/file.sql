-- The file as it is: strings, null where a cell is empty, and the physical line number.
create unlogged table bench_file (
    line bigint generated always as identity (start with 2),
    "Aanmaakdatum_bestand" text,
    "Gemeentecode" text,
    "BSN" text,
    "Type_maatwerkarrangement" text,
    "Startdatum_ondersteuning" text,
    "Einddatum_ondersteuning" text,
    "Leveringsvorm" text,
    "Nummer_toewijzing" text,
    "Volume" text,
    "Eenheid" text,
    "Frequentie" text,
    "Reden_beeindiging" text,
    "Reden_wijziging_toewijzing" text
)
