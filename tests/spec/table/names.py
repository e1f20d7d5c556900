"""Faults of a file's name, and of the half-year it tells."""

from __future__ import annotations

import datetime as dt

from gmsd.rounds import HalfYear
from tests.spec.checking import FILE, Case, Expected, base, clean, shown

H1, H2 = HalfYear(2019, 1), HalfYear(2019, 2)


def name(
    what: str, file_name: str, *findings: Expected, words: tuple[str, ...] = (), answers: dict | None = None, **changes: object
) -> Case:
    return Case(f"{what}: {shown((file_name,))}", clean(), findings, {"file_name": file_name, **changes}, False, words, answers or {})


RIGHT = [
    name("as in the protocol", "WMO_H22019_gemeenteDenHaag.CSV"),
    name("small letters, txt", "wmo_h22019_x.txt"),
    name("mixed capitals", "Wmo_h22019_X.TxT"),
    name("blanks in the free text", "WMO_H22019_gemeente Den Haag.csv"),
    name("free text is one blank", "WMO_H22019_ .csv"),
    name("underscores in the free text", "WMO_H22019_a_b_.csv"),
    name("letters with accents, brackets, an ampersand", "WMO_H22019_Súdwest-Fryslân (2) & 'co'.csv"),
    name(
        "half-year begun on the day of receipt",
        "WMO_H12020_x.csv",
        base("Aanmaakdatum_bestand", 2, 3, 4),
        half_year=None,
        received_on=dt.date(2020, 1, 1),
    ),
    Case(
        "first half-year with a protocol: `WMO_H12015_x.csv`",
        clean().replace(b";20180101;;", b";20150101;;"),
        changes={"file_name": "WMO_H12015_x.csv", "half_year": None},
    ),
]
FAULTS = [
    name("no WMO", "H22019_x.csv", FILE),
    name("something before WMO", "xWMO_H22019_x.csv", FILE, words=("staat iets voor WMO",)),
    name("blank before WMO", " WMO_H22019_x.csv", FILE),
    name("hyphens for underscores", "WMO-H22019-x.csv", FILE, words=("laag streepje",)),
    name("another law", "JW_H22019_x.csv", FILE, words=("andere wet",)),
    name("no free text", "WMO_H22019.csv", FILE, words=("ontbreekt een eigen tekst",)),
    name("empty free text", "WMO_H22019_.csv", FILE),
    name("control character in the free text", "WMO_H22019_a\tb.csv", FILE),
    name("control character of Windows-1252 in the free text", "WMO_H22019_a\x85b.csv", FILE),
    name("no code uitvraag", "WMO_x.csv", FILE, words=("code uitvraag of de eigen tekst ontbreekt",)),
    name("code of a third half", "WMO_H32019_x.csv", FILE),
    name("year of two digits", "WMO_H219_x.csv", FILE, words=("het jaar heeft geen vier cijfers",)),
    name("code in the other order", "WMO_2019H2_x.csv", FILE, words=("andere volgorde", "eerst H1 of H2")),
    name("digits of another script", "WMO_H\u0662\u0662\u0660\u0661\u0669_x.csv", FILE),
    name("year 0000", "WMO_H20000_x.csv", FILE),
    name("before the first protocol", "WMO_H22014_x.csv", FILE, half_year=None),
    name("half-year not begun", "WMO_H22020_x.csv", FILE, half_year=None),
    name("half-year that begins the day after receipt", "WMO_H12020_x.csv", FILE, half_year=None, received_on=dt.date(2019, 12, 31)),
    name("other code uitvraag than the folder's", "WMO_H12019_x.csv", FILE, words=("H22019",), answers={"half_year": H1}),
    name("extension of Excel", "WMO_H22019_x.xlsx", FILE, words=("Excel-bestand", "CSV UTF-8")),
    name("other extension", "WMO_H22019_x.csv1", FILE),
    name("extension of a ZIP file", "WMO_H22019_x.zip", FILE, words=("pak het bestand eerst uit",)),
    name("no extension", "WMO_H22019_x", FILE, words=("geen extensie",)),
    name("blank after the extension", "WMO_H22019_x.csv ", FILE, words=("spatie",)),
    name("second dot", "WMO_H22019_a.b.csv", FILE, words=("in deze naam is dat een extra punt",)),
    name("extension twice", "WMO_H22019_x.csv.csv", FILE, words=("twee extensies",)),
    *[name("forbidden character", f"WMO_H22019_a{character}b.csv", FILE) for character in ':\\/?;*"><|]['],
    name("two forbidden characters are one fault", "WMO_H22019_[a].csv", FILE, words=("in deze naam zijn dat [ ]",)),
    name("second download of a browser", "WMO_H22019_x[1].csv", FILE, words=("volgnummer",)),
    name("forbidden character and extension", "WMO_H22019_a[b.xlsx", FILE, FILE),
    name("form and extension", "gegevens.docx", FILE, FILE),
    name("form, forbidden character and extension", "gegevens[1].docx", FILE, FILE, FILE),
    name("no half-year in name or folder", "x.csv", FILE, half_year=None, answers={"half_year": None, "protocol": None}),
    name("half-year of the folder where the name has none", "x.csv", FILE, answers={"half_year": H2, "protocol": "wmo-2020"}),
    name(
        "half-year without a protocol", "WMO_H22014_x.csv", FILE, half_year=None, answers={"half_year": HalfYear(2014, 2), "protocol": None}
    ),
    name("code that is none does not tell the half-year", "WMO_H32019_x.csv", FILE, half_year=None, answers={"half_year": None}),
    name("the name's half-year goes before the folder's", "WMO_H12019_x.csv", FILE, answers={"half_year": H1, "protocol": "wmo-2020"}),
]
MASKED = [
    name("BSN in the name is shown as *********", "WMO_H22019_999900006.csv", answers={"file": "WMO_H22019_*********.csv"}),
    name("nine digits that are no BSN are shown", "WMO_H22019_999900007.csv", answers={"file": "WMO_H22019_999900007.csv"}),
    name("ten digits are no BSN", "WMO_H22019_9999000061.csv", answers={"file": "WMO_H22019_9999000061.csv"}),
]
SECTIONS = {"Names in order": RIGHT, "Names": FAULTS, "Numbers in names": MASKED}
