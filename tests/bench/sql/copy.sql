-- Takes the file in; a quotation mark has no meaning in it.
copy bench_file (
    "Aanmaakdatum_bestand", "Gemeentecode", "BSN", "Type_maatwerkarrangement", "Startdatum_ondersteuning", "Einddatum_ondersteuning",
    "Leveringsvorm", "Nummer_toewijzing", "Volume", "Eenheid", "Frequentie", "Reden_beeindiging", "Reden_wijziging_toewijzing"
)
from stdin (format csv, header, delimiter ';', quote E'\b', null '')
