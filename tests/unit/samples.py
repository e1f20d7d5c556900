"""Sample contexts for reports and letters: one municipality in round H22019."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from gmsd.clock import AMSTERDAM
from gmsd.feedback import FeedbackContext
from gmsd.letters import (
    FormContext,
    OpOrdeReadyContext,
    OtherFolderContext,
    ReceiptContext,
    RoundMailContext,
    RoundPart,
    Standing,
    UnplacedContext,
    UploadContext,
    VerdictContext,
    WithdrawalDoneContext,
)
from gmsd.rendering import Party, Receipt
from gmsd.rounds import WMO, HalfYear, Place, Round

H2 = HalfYear(2019, 2)
ROUND = Round(
    code=H2,
    takes=(HalfYear(2019, 1), H2),
    window_first=date(2020, 2, 3),
    window_last=date(2020, 3, 6),
    withdrawal_first=date(2020, 3, 9),
    withdrawal_last=date(2020, 3, 20),
    close=date(2020, 3, 23),
    release=date(2020, 5, 4),
)
BSN = "123456782"
HOSTILE = f"WMO_H22019_<img src=x onerror=alert(1)>\r\nBcc: iedereen@example.org {BSN} =1+1.csv"
FILE = "WMO_H22019_gemeenteDenHaag.CSV"
PLACE = Place(WMO, H2, "0518")
PARTY = Party(PLACE, "'s-Gravenhage")
SHA = "3b7c1f9e0a52d846c0ffee11d2a4b6789012345678901234abcdefabcdef0123"


def moment(day: int, hour: int = 14, minute: int = 5) -> datetime:
    return datetime(2020, 3, day, hour, minute, tzinfo=AMSTERDAM)


FIRST = Receipt("WMO_H22019_denhaag_eerste.csv", moment(2, 9, 30), "2019-H2.0518.01", 1_482_107, SHA[::-1], 1, PLACE)
THIRD = Receipt(FILE, moment(4), "2019-H2.0518.03", 1_482_310, SHA, 3, PLACE)
EMPTY = Standing(counts_now=None, corrections_left=18)
COUNTS_FIRST = Standing(counts_now=FIRST, corrections_left=18)
COUNTS_THIRD = Standing(counts_now=THIRD, corrections_left=18)
REPORTS = tuple(f"H22019/0518/2019-H2.0518.03/{name}" for name in ("terugkoppeling.html", "terugkoppeling.xlsx", "terugkoppeling.json"))


def finding(rule: str, level: str, field: str | None, count: int, lines: list[int], message: str, repair: str) -> dict[str, Any]:
    source = "Protocol Wmo 2020, blz. 9 (tabel 2)"
    return {
        "rule": rule,
        "level": level,
        "field": field,
        "count": count,
        "lines": lines,
        "message": message,
        "repair": repair,
        "source": source,
    }


BASE = [
    finding(
        "BSN-02",
        "base",
        "BSN",
        12,
        [5, 9, 204, 1007, 1008, 1009, 2410, 3999, 4001, 45112],
        "Het BSN voldoet niet aan de 11-proef.",
        "Controleer het nummer in uw eigen administratie.",
    ),
    finding(
        "BSN-03",
        "base",
        "BSN",
        2,
        [77, 78],
        "Het BSN heeft 8 cijfers: de voorloopnul is weg.",
        "Vul het BSN aan tot 9 cijfers, met een 0 vooraan.",
    ),
    finding(
        "DAT-04",
        "base",
        "Einddatum_ondersteuning",
        1,
        [6301],
        "De einddatum ligt vóór de startdatum.",
        "Verbeter de startdatum of de einddatum.",
    ),
    finding(
        "STR-01",
        "base",
        None,
        1,
        [88],
        "De regel heeft niet het juiste aantal velden.",
        "Geef elke regel dertien velden, gescheiden door een puntkomma.",
    ),
]
FACULTATIVE = [
    finding(
        "EEN-02",
        "facultative",
        "Eenheid",
        1210,
        list(range(2, 12)),
        "De code komt niet voor in de lijst van dit halfjaar.",
        "Kies een code uit de lijst: 01, 04, 14, 16, 82 of 83.",
    ),
    finding(
        "RBE-03",
        "facultative",
        "Reden_beeindiging",
        3,
        [12, 40, 41],
        "Er staat een reden van beëindiging, maar geen einddatum.",
        "Vul de einddatum in of maak de reden leeg.",
    ),
]
NOTICES = [
    finding(
        "BSN-09",
        "notice",
        "BSN",
        214,
        list(range(20, 30)),
        "Het BSN 999999999 komt 214 keer voor (1,5 % van de regels).",
        "Vul waar dat kan het echte BSN in.",
    ),
    finding(
        "PER-01",
        "notice",
        None,
        1,
        [903],
        "Het tijdvak van 1 regel valt buiten het halfjaar; die regel telt niet mee.",
        "Laat regels buiten het halfjaar weg.",
    ),
]
NAME = [
    finding(
        "NAM-03",
        "file",
        None,
        1,
        [],
        "De bestandsnaam bevat een teken dat niet mag: een punt.",
        "Haal het teken uit de naam en lever hetzelfde bestand opnieuw.",
    )
]


def result(verdict: str, findings: list[dict[str, Any]], *, file: str = FILE, **other: Any) -> dict[str, Any]:
    errors = sum(item["count"] for item in findings if item["level"] in ("base", "facultative"))
    base = {
        "schema": "gmsd-check/1",
        "file": file,
        "protocol": "wmo-2020",
        "half_year": "2019-H2",
        "municipality": "0518",
        "sha256": SHA,
        "bytes": 1_482_310,
        "records": 14_210,
        "verdict": verdict,
        "content_errors": errors,
        "findings": findings,
        "not_run": [],
    }
    return {**base, **other}


RESULTS = {
    "accepted": result("accepted", NOTICES),
    "accepted_without_facultative": result("accepted_without_facultative", FACULTATIVE + NOTICES),
    "rejected": result("rejected", BASE + FACULTATIVE + NOTICES),
    "rejected_file": result(
        "rejected", NAME, half_year=None, protocol=None, records=0, not_run=[{"rule": "BSN-02", "reason": "Het bestand zelf is niet goed."}]
    ),
}
STANDINGS = {
    "accepted": COUNTS_THIRD,
    "accepted_without_facultative": Standing(THIRD, 1, counts_facultative=False),
    "rejected": COUNTS_FIRST,
    "rejected_file": EMPTY,
}
FEEDBACK = FeedbackContext(moment(4, 14, 6), moment(4), "'s-Gravenhage", "2019-H2.0518.03")
LOCAL = FeedbackContext(moment(4, 14, 6))


def verdict(name: str, *, file_name: str = FILE) -> VerdictContext:
    return VerdictContext(PARTY, replace(THIRD, file_name=file_name), ROUND, STANDINGS[name], RESULTS[name], REPORTS)


def upload(
    standing: Standing = COUNTS_FIRST, *, file_name: str = FILE, earlier: Receipt | None = None, known: bool = True
) -> UploadContext:
    return UploadContext(PARTY, replace(THIRD, file_name=file_name), ROUND if known else None, standing, earlier)


def form(kind: Any, **other: Any) -> FormContext:
    about = {"round": ROUND, "standing": COUNTS_THIRD} | other
    return FormContext(PARTY, kind, "form.0003", f"H22019/0518/formulieren/{kind}.json", moment(12), **about)


RECEIPT = ReceiptContext(PARTY, THIRD, ROUND, COUNTS_THIRD, check_until=date(2020, 3, 9))
UNPLACED = UnplacedContext(
    "unplaced.0001", "gmsd-inbox", "H22019/9999/WMO_H22019_x.csv", "1583326000.1", moment(4), 1204, "9999 is not a municipality in 2019-H2."
)
OTHER_FOLDER = OtherFolderContext(
    party=Party(replace(PLACE, municipality="1979"), "Eemsdelta"),
    used=Party(replace(PLACE, municipality="1979"), "Eemsdelta"),
    right=tuple(
        Party(replace(PLACE, municipality=code), name)
        for code, name in (("0003", "Appingedam"), ("0010", "Delfzijl"), ("0024", "Loppersum"))
    ),
    before=True,
    upload=THIRD,
    round=ROUND,
)
DONE = WithdrawalDoneContext(PARTY, "form.0003", moment(12), moment(12, 14, 9), (FIRST, THIRD))
READY = OpOrdeReadyContext(
    PARTY,
    THIRD,
    ROUND,
    COUNTS_THIRD,
    tuple(f"H22019/0518/2019-H2.0518.03/op-orde.{end}" for end in ("html", "xlsx", "json")),
    attention=("Het aantal cliënten met hulp bij het huishouden is 12,5 % lager dan in het vorige halfjaar.",),
)

ROUND_PART = RoundPart(
    ROUND,
    "Wmo",
    "WMO",
    (PARTY, replace(PARTY, place=Place(WMO, HalfYear(2019, 1), "0518"))),
    (
        f"2e halfjaar 2019: {FILE}, geüpload op woensdag 4 maart 2020 om 14.05 uur (kenmerk 2019-H2.0518.03).",
        "1e halfjaar 2019: u leverde in deze ronde niets nieuws; wat u eerder leverde, blijft tellen.",
    ),
)
ROUND_MAIL = RoundMailContext(PARTY, (ROUND_PART,), "17.204", 7)
