"""A small archive of made-up deliveries that meets every rule of the check: a change of rules is tried on it where no real archive is.

Three kinds of files: right ones of real size, one file for each rule with faults around that rule's edge, and for each time a code list
changed a file that holds every code there could be, so that a code which comes, goes or changes its days shows in a count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from gmsd.demo.choice import DEFAULT_MUNICIPALITIES
from gmsd.demo.deliveries import COLUMNS, delivery, file_name_of
from gmsd.demo.faults import FAULTS
from gmsd.rounds import WMO, HalfYear, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED = 1
RIGHT_MUNICIPALITIES = DEFAULT_MUNICIPALITIES[:12]
HALF_YEARS = (HalfYear(2019, 1), HalfYear(2019, 2))
# Either side of every day on which a code of a list came or went.
CODE_HALF_YEARS = tuple(
    HalfYear.parse(text) for text in ("2015-H1", "2017-H2", "2018-H1", "2020-H2", "2021-H1", "2021-H2", "2022-H1", "2022-H2")
)
_DAYS_TO_RECEIPT = 40
_SMALL, _MUNICIPALITY, _OTHER_MUNICIPALITY = 120, "0339", "0518"
_LIMIT = 64

_TWO_DIGITS = tuple(f"{code:02d}" for code in range(100))
_ONE_DIGIT = tuple(str(code) for code in range(10))
_LENGTHS = tuple("1" * length for length in range(1, 13))
_BAD_DATES = ("20190231", "20191301", "2019073", "1-7-2019", "2019-07-01", " 2019070", "201907011", "0", "x")
# Rule -> the column it is about and what stands there, a record each: right and wrong values on both sides of the edge.
CELLS: dict[str, tuple[str, tuple[str, ...]]] = {
    "AANM-01": ("Aanmaakdatum_bestand", ("", "")),
    "AANM-02": ("Aanmaakdatum_bestand", _BAD_DATES),
    "AANM-03": ("Aanmaakdatum_bestand", ("20200208", "20200209", "20200210", "20210101")),
    "AANM-04": ("Aanmaakdatum_bestand", ("20191230", "20191231", "20200101")),
    "GEM-01": ("Gemeentecode", ("", "")),
    "GEM-02": ("Gemeentecode", ("339", "00339", " 0339", "0339 ", "O339", "Renswoude")),
    "GEM-03": ("Gemeentecode", (_OTHER_MUNICIPALITY, _MUNICIPALITY)),
    "GEM-04": ("Gemeentecode", ("9999", "1979", "0053", _MUNICIPALITY)),
    "BSN-01": ("BSN", ("", "")),
    "BSN-02": ("BSN", ("999900007", "000000000", "12345672", "9999.00.006", "9,999E+08", "99990", "9999000060", "onbekend")),
    "TYPE-01": ("Type_maatwerkarrangement", ("", "")),
    "TYPE-02": ("Type_maatwerkarrangement", (*_TWO_DIGITS, "1", "001", "x")),
    "START-01": ("Startdatum_ondersteuning", ("", "")),
    "START-02": ("Startdatum_ondersteuning", _BAD_DATES),
    "START-04": ("Startdatum_ondersteuning", ("19191231", "19200101", "18991230", "19000101")),
    "START-05": ("Startdatum_ondersteuning", ("20201231", "20210101", "20290201")),
    "EIND-02": ("Einddatum_ondersteuning", _BAD_DATES),
    "EIND-03": ("Einddatum_ondersteuning", ("20191230", "20191231", "99991231")),
    "VORM-01": ("Leveringsvorm", ("", "")),
    "VORM-02": ("Leveringsvorm", (*_ONE_DIGIT, "01", "1 ", "zin")),
    "TOEW-02": ("Nummer_toewijzing", (*_LENGTHS, "", "-1", "1.0", "A1", " 1", "1 000")),
    "VOL-02": ("Volume", (*_LENGTHS, "", "-1", "1,5", "1.5", "1E+05", "+1", " 1")),
    "EENH-02": ("Eenheid", ("4", "004", "uur", "04 ", "")),
    "EENH-03": ("Eenheid", _TWO_DIGITS),
    "FREQ-02": ("Frequentie", ("02", "x", " 2", "")),
    "FREQ-03": ("Frequentie", _ONE_DIGIT),
    "BEEIN-02": ("Reden_beeindiging", ("2", "002", "x1", "")),
    "BEEIN-03": ("Reden_beeindiging", _TWO_DIGITS),
    "BEEIN-04": ("Reden_beeindiging", ("19", "02", "")),
    "WIJZ-02": ("Reden_wijziging_toewijzing", ("4", "004", "x1", "")),
    "WIJZ-03": ("Reden_wijziging_toewijzing", _TWO_DIGITS),
    "REC-01": ("Einddatum_ondersteuning", ("20190630", "20190630", "20190701")),
    "BSN-09": ("BSN", ("999999999", "999999999")),
}
_NEEDS_END = frozenset({"BEEIN-02", "BEEIN-03"})
_NEEDS_LATE_START = frozenset({"EIND-03"})  # so that an end before it does not lie outside the half-year too
NAMES: dict[str, str] = {
    "NAAM-01": "gegevens.csv",
    "NAAM-02": "WMO_H22019_a[1].csv",
    "NAAM-03": "WMO_H22019_x.xlsx",
    "NAAM-04": "WMO_H32019_x.csv",
    "NAAM-05": "WMO_H12019_x.csv",
}


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """One delivery of the corpus.

    Attributes:
        label: What it is there for: `right`, the code of a rule, or a few words.
        municipality: Who delivers.
        half_year: For which half-year.
        file_name: Its name as uploaded.
        received_on: The day of receipt.
        data: Its bytes.
        max_bytes: A limit of size for this file alone, so that no file of half a gigabyte is needed; None = the usual one.
    """

    label: str
    municipality: str
    half_year: HalfYear
    file_name: str
    received_on: date
    data: bytes
    max_bytes: int | None = None

    @property
    def key(self) -> str:
        """Where it would lie in the inbox, below a folder that says what it is there for."""
        return f"{self.label}/{Place(WMO, self.half_year, self.municipality).folder}/{self.file_name}"


def corpus() -> Iterator[CorpusFile]:
    """Every file, made one by one; the same in every run."""
    yield from _right()
    yield from _damaged()
    yield from _spoiled_by_rule()
    yield from _every_code()


def _file(label: str, half_year: HalfYear, data: bytes, *, name: str | None = None, municipality: str = _MUNICIPALITY) -> CorpusFile:
    received = half_year.last_day + timedelta(days=_DAYS_TO_RECEIPT)
    return CorpusFile(label, municipality, half_year, name or file_name_of(municipality, half_year), received, data)


def _right() -> Iterator[CorpusFile]:
    for half_year in HALF_YEARS:
        for municipality in RIGHT_MUNICIPALITIES:
            yield _file("right", half_year, delivery(SEED, municipality, half_year).data, municipality=municipality)


def _damaged() -> Iterator[CorpusFile]:
    """A delivery with what goes wrong together in practice."""
    half_year, municipality = HALF_YEARS[1], "0473"
    data = delivery(SEED, municipality, half_year).data
    for fault, spoil in FAULTS.items():
        yield _file(f"several faults ({fault})", half_year, spoil(data), municipality=municipality)


def _records(half_year: HalfYear) -> list[list[str]]:
    """A few right records, all running, as cells; nothing facultative is filled, no two are the same, nobody is unknown."""
    text = delivery(SEED, _MUNICIPALITY, half_year).data.decode("utf-8-sig")
    records = [line.split(";") for line in text.splitlines()[1 : 1 + 2 * _SMALL]]
    started = str(half_year.first_day - timedelta(days=1)).replace("-", "")
    chosen = []
    for number, record in enumerate(record for record in records if record[2] != "999999999"):
        chosen.append([*record[:4], started, "", record[6], str(number + 1), "", "", "", "", ""])
    return chosen[:_SMALL]


def _text(records: list[list[str]]) -> bytes:
    return "\n".join([";".join(COLUMNS), *(";".join(record) for record in records), ""]).encode()


def _set(records: list[list[str]], column: str, values: tuple[str, ...]) -> None:
    position = COLUMNS.index(column)
    for record, value in zip(records, values, strict=False):
        record[position] = value


def _set_last_day(records: list[list[str]], column: str, half_year: HalfYear) -> None:
    _set(records, column, (str(half_year.last_day).replace("-", ""),) * len(records))


def _spoiled_by_rule() -> Iterator[CorpusFile]:
    half_year = HALF_YEARS[1]
    right = _text(_records(half_year))
    for rule, (column, values) in CELLS.items():
        records = _records(half_year)
        if rule in _NEEDS_END:
            _set_last_day(records, "Einddatum_ondersteuning", half_year)
        if rule in _NEEDS_LATE_START:
            _set_last_day(records, "Startdatum_ondersteuning", half_year)
        _set(records, column, values)
        yield _file(rule, half_year, _text(records))
    for rule, name in NAMES.items():
        yield _file(rule, half_year, right, name=name)
    for rule, data in {**_spoiled_bytes(right), **_spoiled_columns(half_year), **_spoiled_lines(half_year)}.items():
        yield _file(rule, half_year, data)
    over = _file("BEST-05", half_year, right)
    yield CorpusFile(over.label, over.municipality, half_year, over.file_name, over.received_on, right, max_bytes=_LIMIT)


def _spoiled_bytes(right: bytes) -> dict[str, bytes]:
    header = right.partition(b"\n")[0]
    return {
        "BEST-01": b"",
        "BEST-02": header + b"\n",
        "BEST-03": right.replace(b"0339", b"033\x81", 1),
        "BEST-04": right.replace(b"0339", b"033\0", 1),
    }


def _spoiled_columns(half_year: HalfYear) -> dict[str, bytes]:
    records = [list(COLUMNS), *_records(half_year)]
    shapes = {
        "KOL-01": [record[:-1] for record in records],
        "KOL-02": [[*record, record[2]] for record in records],
        "KOL-03": [[*record, "Naam"] for record in records],
        "KOL-04": [[record[1], record[0], *record[2:]] for record in records],
    }
    return {rule: "\n".join(";".join(record) for record in shape).encode() for rule, shape in shapes.items()}


def _spoiled_lines(half_year: HalfYear) -> dict[str, bytes]:
    broken, repeated = _records(half_year), _records(half_year)
    broken[3].pop()
    broken[5].append("")
    broken[7][1] = f'"{broken[7][1]}"'
    empty = [[""] * len(COLUMNS), [" "]]
    outside, unknown = _records(half_year), _records(half_year)
    _set(outside, "Einddatum_ondersteuning", (str(half_year.first_day - timedelta(days=1)).replace("-", ""),) * len(outside))
    _set(unknown, "BSN", ("999999999",) * len(unknown))
    return {
        "REGEL-01": _text(broken),
        "REGEL-02": _text([*repeated[:3], *empty, *repeated[3:]]),
        "REGEL-03": _text([*repeated, *empty]),
        "REC-02": _text([*repeated, *repeated[:3]]),
        "BEST-06": _text(outside),
        "BEST-07": _text(unknown),
    }


def _every_code() -> Iterator[CorpusFile]:
    """For each time a list changed, every code there could be; base and facultative lists apart, as their verdicts differ."""
    lists = {"base": ("TYPE-02", "VORM-02"), "facultative": ("EENH-03", "FREQ-03", "BEEIN-03", "WIJZ-03")}
    for half_year in CODE_HALF_YEARS:
        for level, rules in lists.items():
            records = _records(half_year)
            if level == "facultative":
                _set_last_day(records, "Einddatum_ondersteuning", half_year)
            for rule in rules:
                _set(records, *CELLS[rule])
            yield _file(f"every code ({level})", half_year, _text(records))
