"""Faults of the first line, and what it seems to be."""

from __future__ import annotations

from tests.spec.checking import COLUMNS, FILE, HEAD, ROWS, Case, Expected, clean, file_of, header

OTHERS = [column for column in COLUMNS if column != "Volume"]
QUOTED = [f'"{column}"' for column in COLUMNS]


def head(what: str, line: str, *findings: Expected, words: tuple[str, ...] = ()) -> Case:
    return Case(what, file_of(*ROWS, head=line), findings, words=words)


def seems(what: str, data: bytes, *words: str, findings: tuple[Expected, ...] = (HEAD, HEAD)) -> Case:
    """A file whose first line is told for what it seems to be."""
    return Case(what, data, findings, words=words)


HEADERS = [
    head("small letters", header().lower()),
    head("capitals", header().upper()),
    head("spaces and tabs around names", header().replace(";", " ;\t") + "  "),
    head("column missing", ";".join(OTHERS), HEAD, words=("ontbreken kolomnamen: Volume",)),
    head("three columns missing", ";".join(COLUMNS[:10]), HEAD, words=("Frequentie, Reden_beeindiging, Reden_wijziging_toewijzing",)),
    head("only the first column", COLUMNS[0], HEAD),
    head("column doubled", header() + ";BSN", HEAD, words=("dubbel: BSN",)),
    head("column three times", header() + ";BSN;bsn", HEAD, words=("dubbel: BSN",)),
    head("two columns doubled", header() + ";BSN;Volume", HEAD, words=("dubbel: BSN, Volume",)),
    head("column unknown", header() + ";Naam", HEAD, words=("op plaats 14",)),
    head("two columns unknown", "A;" + header() + ";B", HEAD, words=("op plaats 1, 15",)),
    head("separator after the last name", header() + ";", HEAD, words=("na de laatste kolomnaam staat nog een puntkomma",)),
    head("separator before the first name", ";" + header(), HEAD, words=("op plaats 1",)),
    head("empty name in the middle", header().replace(";BSN;", ";BSN;;"), HEAD, words=("op plaats 4",)),
    head(
        "order", ";".join([*COLUMNS[:7], *reversed(COLUMNS[7:])]), HEAD, words=("op de plaats van Nummer_toewijzing staat Reden_wijziging",)
    ),
    head("two columns changed places", header().replace("BSN;Type_maatwerkarrangement", "Type_maatwerkarrangement;BSN"), HEAD),
    head("missing, and the others in another order", ";".join(reversed(OTHERS)), HEAD, HEAD),
    head("missing, doubled and unknown", ";".join(["BSN", *OTHERS[:2], *OTHERS[2:], "x"]), HEAD, HEAD, HEAD, HEAD),
    head("in order but for an unknown one between", header().replace(";BSN;", ";x;BSN;"), HEAD),
    head("name misspelt", header().replace("BSN", "B S N"), HEAD, HEAD, words=("op plaats 3 lijkt BSN bedoeld",)),
    head(
        "names misspelt", header().replace("Volume", "Volumen").replace("Eenheid", "Eenheden"), HEAD, HEAD, words=("Volume bedoeld en op",)
    ),
    head("hyphen for underscore", header().replace("_", "-"), HEAD, HEAD, words=("op plaats 1 lijkt Aanmaakdatum_bestand bedoeld",)),
    head("no-break space around a name", header().replace("BSN", "BSN\u00a0"), HEAD, HEAD, words=("op plaats 3 lijkt BSN bedoeld",)),
    head("quoted name", header().replace("BSN", '"BSN"'), HEAD, HEAD, words=("aanhalingstekens",)),
    head("all names quoted", ";".join(QUOTED), HEAD, HEAD, words=("kolomnamen staan tussen aanhalingstekens", "Kladblok")),
    head("the whole line quoted", f'"{header()}"', HEAD, HEAD, words=("aanhalingstekens",)),
    head("names in curly quotes", header().replace("BSN", "“BSN”"), HEAD, HEAD, words=("aanhalingstekens",)),
    head("unknown names are not told", header().replace("BSN", "Jansen"), HEAD, HEAD, words=("op plaats 3",)),
    head("an empty first line", "", HEAD, HEAD),
    head("a name of a megabyte", header() + ";" + "x" * (1 << 20), HEAD),
    head("a million separators", ";" * 1_000_000, HEAD, HEAD),
]
SEEMS = [
    seems("separated by commas", clean().replace(b";", b","), "kolomnamen: alle 13", "gescheiden door komma's", "puntkomma"),
    seems("separated by tabs", clean().replace(b";", b"\t"), "gescheiden door tabs"),
    seems("separated by bars", clean().replace(b";", b"|"), "rechte strepen"),
    seems("separated by commas, in quotation marks", file_of(*ROWS, head=",".join(QUOTED)), "komma's", "aanhalingstekens"),
    seems(
        "no header but data",
        file_of(*ROWS[1:], head=ROWS[0]),
        "regel met gegevens",
        "Zet boven de gegevens een regel met de kolomnamen: Aanmaakdatum_bestand;Gemeentecode;BSN;",
    ),
    seems("no header but data with commas", file_of(*ROWS).partition(b"\n")[2].replace(b";", b","), "regel met gegevens"),
    seems("the line sep= for Excel", b"sep=;\n" + clean(), "sep=", "Haal de regel met sep= weg"),
    seems("a title above the header", b"Levering Wmo\n" + clean(), "kolomnamen staan pas in regel 2", "Haal weg wat boven"),
    seems("a title and an empty line above the header", b"Levering Wmo;;;\r\n\r\n" + clean(), "kolomnamen staan pas in regel 3"),
    seems("thirty records of separators above the header", b";;;;\r\n" * 30 + clean(), "kolomnamen staan pas in regel 31"),
    seems(
        "an empty record and no names",
        f"{';' * 12}\n{ROWS[0]}\n".encode(),
        "de eerste regel bevat niets",
        f"Zet in de eerste regel de kolomnamen ({header()})",
    ),
    seems("blanks and no names", f" ;\u00a0\n{ROWS[0]}\n".encode(), "de eerste regel bevat niets"),
    seems("an empty line and no names", f"\n{ROWS[0]}\n".encode(), "de eerste regel bevat niets"),
    seems("nothing but separators", b";;;;\r\n;;;;\r\n", "de eerste regel bevat niets", findings=(HEAD, HEAD, FILE)),
    seems("an empty line above the header", b"\n" + clean(), "kolomnamen staan pas in regel 2"),
    seems("the header of another file", file_of(*ROWS, head="Naam;Adres;Plaats"), "op plaats 1, 2, 3"),
    seems(
        "one record below the names, all on one line by a lone CR",
        f"{header()}\r{ROWS[0]}".encode(),
        "losse regelterugloop",
        "CSV (Windows)",
        findings=(HEAD, HEAD, FILE),
    ),
    seems(
        "line ends of an old Mac below an empty record",
        b";;;;\r" + clean().replace(b"\n", b"\r"),
        "losse regelterugloop",
        findings=(HEAD, HEAD, FILE),
    ),
    seems("lone CRs, and LF at the end", clean().replace(b"\n", b"\r")[:-1] + b"\n", "losse regelterugloop", findings=(HEAD, HEAD, FILE)),
    seems(
        "vertical tabs for line ends", clean().replace(b"\n", b"\v"), "een teken dat op een regeleinde lijkt", findings=(HEAD, HEAD, FILE)
    ),
    seems(
        "U+2028 for line ends",
        clean().replace(b"\n", "\u2028".encode()),
        "een teken dat op een regeleinde lijkt",
        findings=(HEAD, HEAD, FILE),
    ),
    seems("line ends of an old Mac", clean().replace(b"\n", b"\r"), "losse regelterugloop", "CSV (Windows)", findings=(HEAD, HEAD, FILE)),
    seems(
        "web page as Excel saves it",
        b"<html xmlns:x='urn:schemas-microsoft-com:office:excel'>\n<table>\n",
        "webpagina (HTML)",
        "Open het bestand in Excel",
    ),
    seems("web page", b"<!DOCTYPE html>\n<html></html>\n", "webpagina (HTML)"),
    seems("table of a web page", b"\r\n  <table><tr><td>BSN</td></tr>\n</table>", "webpagina (HTML)"),
    seems("XML spreadsheet", b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook/>', "XML-werkblad van Excel"),
    seems("XML message", b'<?xml version="1.0"?>\n<wmo301:Bericht/>\n', "XML-bestand"),
    seems("JSON", b'[\n{"Gemeentecode": "0518"}\n]\n', "JSON-bestand"),
    seems("JSON of one line", b'{"Gemeentecode": "0518"}', "JSON-bestand", findings=(HEAD, HEAD, FILE)),
    seems("document with lay-out (RTF)", b"{\\rtf1\\ansi\n}\n", "RTF"),
    seems("message of a mail program", b"MIME-Version: 1.0\nContent-Type: text/csv\n", "e-mailbericht"),
    seems("encrypted text", b"-----BEGIN PGP MESSAGE-----\n\nhQEM\n", "versleuteld"),
    seems("commands for a database", b"INSERT INTO wmo VALUES (1);\nGO\n", "SQL"),
]
SECTIONS = {"The header": HEADERS, "What the first line seems to be": SEEMS}
