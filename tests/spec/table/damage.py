"""What programs do to cells: the finding is that of the cell's form; the words say what happened and how to repair it."""

from __future__ import annotations

from tests.spec.checking import ROWS, Case, Expected, base, cell, facultative, file_of, row, shown, wrong

START = "Startdatum_ondersteuning"


def date(what: str, *values: str, words: tuple[str, ...]) -> Case:
    return wrong(START, what, *values, base=ROWS[0], words=words)


DATES = [
    date("day first", "1-7-2019", "01-07-2019", "1/7/2019", "1.7.2019", words=("4 keer staat de datum als 1-7-2019", "jjjjmmdd")),
    date("year first", "2019-07-01", "2019/7/1", words=("2 keer staat de datum als 2019-07-01", "jjjjmmdd")),
    date("year of two digits", "1-7-19", "01-07-19", words=("jaar van twee cijfers",)),
    date("month as a word", "1 juli 2019", "1-jul-19", "01 Jul 2019", words=("maand als woord",)),
    date(
        "with a time", "2019-07-01 00:00:00", "1-7-2019 0:00", "2019-07-01T00:00:00", "20190701000000", words=("4 keer staat er een tijd",)
    ),
    date("number of days of Excel", "43647", "43647,5", words=("dagnummer van Excel", "jjjjmmdd")),
    date("decimals", "20190701.0", "20190701,00", words=("decimalen achter de datum",)),
    date("scientific notation", "2,01907E+07", "2.02E+07", words=("wetenschappelijke notatie",)),
    date("day first, without marks", "01072019", "31122019", words=("dag voorop en het jaar achteraan",)),
    date("day first, leading zero lost", "1072019", words=("zonder voorloopnul",)),
    date("day and month changed places", "20193107", words=("dag en maand verwisseld",)),
    date("without a day", "201907", "2019", "2019-07", words=("ontbreekt de dag",)),
    date("six digits", "190701", "310719", words=("zes cijfers",)),
    date(
        "empty cell of Excel",
        "19000100",
        words=("wat een rekenblad van een lege datum maakt", "vul de datum in die in uw administratie staat"),
    ),
    wrong(
        "Einddatum_ondersteuning",
        "empty cell of a spreadsheet",
        "19000100",
        words=("wat een rekenblad van een lege datum maakt", "helemaal leeg"),
    ),
    wrong(
        "Einddatum_ondersteuning",
        "empty cell of a spreadsheet, a day that exists",
        "18991230",
        "19000101",
        words=("2 keer staat er 30 december 1899", "helemaal leeg"),
    ),
    wrong("Einddatum_ondersteuning", "year mistyped", "10190930", words=("het jaar waarschijnlijk verkeerd getypt",)),
    date("zeros", "00000000", words=("alleen nullen",)),
    date("day that does not exist", "20190230", words=("bestaat die dag niet",)),
    date(
        "the two most frequent",
        "1-7-2019",
        "2-7-2019",
        "3-7-2019",
        "43647",
        "43648",
        "x",
        words=("3 keer staat de datum als 1-7-2019 en 2 keer", "; van nog 1 is de oorzaak hier niet genoemd"),
    ),
    wrong("Einddatum_ondersteuning", "day first", "31-12-2019", words=("staat de datum als 1-7-2019", "jjjjmmdd")),
    wrong("Aanmaakdatum_bestand", "day first", "3-2-2020", words=("staat de datum als 1-7-2019",)),
]
REQUIRED = ("Aanmaakdatum_bestand", "Gemeentecode", "BSN", "Type_maatwerkarrangement", "Startdatum_ondersteuning", "Leveringsvorm")
THIN = (
    "is de regel bijna leeg",
    "Haal bijna lege regels weg als er geen arrangement in hoort, en vul ze anders helemaal in vanuit uw administratie.",
)


def thin(what: str, *lines: str, findings: tuple[Expected, ...], words: tuple[str, ...] = THIN) -> Case:
    return Case(f"{what}: {shown(lines)}", file_of(*ROWS, *lines), findings, words=words)


HARDLY_FILLED = [
    thin("columns copied down", "20200203;0518" + ";" * 11, findings=tuple(base(column, 5) for column in ("BSN", *REQUIRED[3:]))),
    thin("a total below the BSN", ";;3" + ";" * 10, findings=tuple(base(column, 5) for column in REQUIRED)),
    thin("only a municipality", ";0518" + ";" * 11, findings=tuple(base(column, 5) for column in REQUIRED if column != "Gemeentecode")),
    thin("only a facultative cell", ";" * 8 + "10;;;;", findings=tuple(base(column, 5) for column in REQUIRED)),
    thin("blanks for the rest", "20200203;0518; ;  ; ;;\u00a0;;;;;;", findings=tuple(base(column, 5) for column in ("BSN", *REQUIRED[3:]))),
    thin("only the BSN of a person", ";;999900006" + ";" * 10, findings=tuple(base(column, 5) for column in REQUIRED if column != "BSN")),
    thin(
        "beside a record that lacks its BSN",
        "20200203;0518" + ";" * 11,
        row(BSN=""),
        findings=(base("BSN", 5, 6), *(base(column, 5) for column in REQUIRED[3:])),
        words=(
            "Haal bijna lege regels weg",
            "; voor de andere regels: vul het BSN van de cliënt in",
            "van nog 1 is de oorzaak hier niet genoemd",
        ),
    ),
]
PADDED = [
    wrong(
        "Type_maatwerkarrangement",
        "blanks around",
        "01 ",
        " 02",
        "03\u00a0",
        words=("3 keer staat er een spatie voor of achter de waarde", "doe dat niet in Excel"),
    ),
    wrong("BSN", "blanks around", "012345672 ", words=("doe dat niet in Excel",)),
    wrong("BSN", "blanks only", "   ", words=("staan er alleen spaties", "dit veld mag niet leeg zijn")),
    wrong("Einddatum_ondersteuning", "blanks only", "  ", words=("staan er alleen spaties", "helemaal leeg")),
    wrong("Reden_wijziging_toewijzing", "blanks at the end of the line", "   ", words=("helemaal leeg",)),
    wrong(
        "Volume",
        "a mark that looks like a line end",
        "1\u20282",
        "3\v",
        words=("2 keer staat er een teken in dat op een regeleinde lijkt",),
    ),
]
NUMBERS = [
    wrong("BSN", "leading zeros lost", "1234567", words=("zeven cijfers",)),
    wrong("BSN", "decimals", "999900006,0", "999900006.00", words=("komma of punt met nullen",)),
    wrong("BSN", "grouped", "9999.00.006", "999 900 006", words=("punten, spaties of streepjes",)),
    wrong("BSN", "another number", "1234567890", words=("meer dan negen cijfers",)),
    wrong("Gemeentecode", "leading zero lost", "518", "34", words=("2 keer is de voorloopnul weggevallen", "0000")),
    wrong("Gemeentecode", "decimals", "518,0", words=("decimalen",)),
    wrong("Gemeentecode", "code of a region", "GM0518", words=("staat er GM voor de code",)),
    wrong("Gemeentecode", "name", "Den Haag", "'s-Gravenhage", words=("naam in plaats van een code",)),
    wrong("Type_maatwerkarrangement", "leading zero lost", "1", "4", words=("voorloopnul weggevallen", "Aangepast > 00 ")),
    wrong("Type_maatwerkarrangement", "decimals", "1,0", "1.00", words=("decimalen",)),
    wrong(
        "Type_maatwerkarrangement",
        "with its title",
        "01 Hulp bij het huishouden",
        "02: begeleiding",
        words=("omschrijving achter de code",),
    ),
    wrong("Eenheid", "leading zero lost", "4", words=("voorloopnul weggevallen",)),
    wrong("Eenheid", "word", "uur", "minuten", words=("woord in plaats van een code",)),
    wrong("Frequentie", "leading zero added", "04", words=("voorloopnul die er niet hoort",)),
    wrong("Leveringsvorm", "word", "pgb", "ZIN", words=("woord in plaats van een code",)),
    wrong("Leveringsvorm", "leading zero added", "01", words=("voorloopnul die er niet hoort",)),
    wrong("Reden_beeindiging", "leading zero lost", "2", words=("voorloopnul weggevallen",)),
    wrong("Volume", "grouped by thousands", "1.000", "12 000", words=("duizendtallen",)),
    wrong("Volume", "decimals that are zero", "10,00", words=("decimalen",)),
    wrong("Volume", "decimals", "1,5", "0.25", words=("achter de komma",)),
    wrong("Volume", "money", "€ 10", "10,-", "EUR 10", words=("euroteken",)),
    wrong("Volume", "unit", "10 uur", "3u", words=("woord achter het getal",)),
    wrong("Volume", "sign", "-3", "+3", words=("plus- of minteken",)),
    wrong("Volume", "scientific notation", "1E+05", words=("wetenschappelijke notatie",)),
    wrong("Nummer_toewijzing", "letters", "WMO123", words=("letters in het nummer",)),
    wrong("Nummer_toewijzing", "too many digits", "1234567890", words=("te veel cijfers",)),
]
ANY = [
    wrong("Volume", "error of Excel", "#N/B", "#WAARDE!", "#N/A", "#DEEL/0!", words=("4 keer staat er een foutmelding van Excel",)),
    wrong("BSN", "column too narrow", "########", words=("hekjes", "kolom breder")),
    wrong("Eenheid", "formula", "=A1", words=("formule", "Plakken speciaal")),
    wrong("BSN", "apostrophe", "'999900006", words=("apostrof",)),
    wrong(
        "Volume", "words for nothing", "NULL", "n.v.t.", "-", "onbekend", "N/A", words=("5 keer staat er een woord of teken voor niets",)
    ),
    wrong("Eenheid", "blanks around", " 04", "04 ", "04\u00a0", words=("3 keer staat er een spatie voor of achter",)),
    wrong("Eenheid", "blanks only", " ", "\u00a0", words=("alleen spaties",)),
    wrong("Eenheid", "mark that cannot be seen", "04\u200b", "\u200e04", words=("onzichtbaar teken",)),
    wrong("Gemeentecode", "curly quotes", "„0518”", words=("gekruld aanhalingsteken",)),
    Case(
        "no words for codes that are well formed",
        cell("Eenheid", "99"),
        (facultative("Eenheid", 5),),
        words=("is geen code die geldt in dit halfjaar.",),
    ),
]
SECTIONS = {
    "Records that hold hardly anything": HARDLY_FILLED,
    "Cells that are padded": PADDED,
    "Damage to dates": DATES,
    "Damage to numbers and codes": NUMBERS,
    "Damage to any cell": ANY,
}
