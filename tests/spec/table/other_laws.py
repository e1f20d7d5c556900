"""Faults of the files of the other laws: each rule of each of them at least once; what all laws share is tried on files of the Wmo."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gmsd.rounds import HalfYear
from tests.spec.checking import FILE, HEAD, Case, Expected, base, facultative, notice, shown


@dataclass(frozen=True)
class Layout:
    """The file of a law: its name, columns and right lines; `facultative` names the columns of that set."""

    law: str
    name: str
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    facultative: tuple[str, ...]

    def file_of(self, *rows: str, head: str | None = None) -> bytes:
        return "\n".join([";".join(self.columns) if head is None else head, *rows, ""]).encode()

    def row(self, of: str | None = None, **cells: str) -> str:
        values = dict(zip(self.columns, (of or self.rows[1]).split(";"), strict=True)) | cells
        return ";".join(values[column] for column in self.columns)

    def case(self, fault: str, data: bytes, *findings: Expected, words: tuple[str, ...] = (), **changes: object) -> Case:
        known = {"law_id": self.law, "file_name": self.name} | changes
        return Case(f"{self.law}, {fault}", data, findings, known, words=words)

    def wrong(self, column: str, what: str, *values: str, of: str | None = None, words: tuple[str, ...] = (), **others: str) -> Case:
        """Cells that give one finding together, each on a line of its own, from line 4."""
        lines = tuple(range(4, 4 + len(values)))
        level = facultative if column in self.facultative else base
        data = self.file_of(*self.rows, *(self.row(of, **{column: value}, **others) for value in values))
        return self.case(f"{column} {what}: {shown(values)}", data, level(column, *lines), words=words)

    def right(self, column: str, what: str, *values: str, of: str | None = None, **changes: object) -> Case:
        data = self.file_of(*self.rows, *(self.row(of, **{column: value}) for value in values))
        return self.case(f"{column} {what}: {shown(values)}", data, **changes)

    def noticed(self, what: str, *rows: str, at: str | None, words: tuple[str, ...], others: tuple[str | None, ...] = ()) -> Case:
        """Lines from line 4 that a notice tells of, and others in the order of the suites."""
        order = [*self.columns, None]
        told = [notice(column, *range(4, 4 + len(rows))) for column in sorted((at, *others), key=order.index)]
        return self.case(what, self.file_of(*self.rows, *rows), *told, words=words)

    def of_file(self) -> list[Case]:
        """What every law asks of a name, of bytes and of the first line, in the words of this one."""
        clean, prefix = self.file_of(*self.rows), self.name.partition("_")[0]
        short = ";".join(self.columns[1:])
        return [
            self.case("a right file", clean),
            self.case("a right file, small letters", clean, file_name=self.name.lower()),
            self.case(
                "no text behind the code", clean, FILE, file_name=f"{prefix}_H22019.csv", words=(f"de vorm {prefix}_[code uitvraag]_[",)
            ),
            self.case(
                "something before the name", clean, FILE, file_name=f"a {self.name}", words=(f"laat de naam met {prefix}_ beginnen",)
            ),
            self.case("a file of the Wmo", clean, FILE, file_name="WMO_H22019_x.csv", words=("een bestand voor een andere wet",)),
            self.case("a bracket", clean, FILE, file_name=self.name.replace(".csv", "_[1].csv"), words=("een volgnummer",)),
            self.case("an extension of Excel", clean, FILE, file_name=self.name.replace(".csv", ".xlsx")),
            self.case("no half-year", clean, FILE, file_name=self.name.replace("H2", "H3")),
            self.case("another half-year", clean, FILE, file_name=self.name.replace("H2", "H1")),
            self.case("empty", b"", FILE),
            self.case("no records", self.file_of(), FILE, words=("een regel per",)),
            self.case("undecodable", clean.replace(b"0518", b"05\x81", 1), FILE),
            self.case("NUL", clean.replace(b"0518", b"05\0", 1), FILE),
            self.case("over the limit", clean, FILE, max_bytes=100),
            self.case(
                "a column missing", self.file_of(*self.rows, head=short), HEAD, words=("ontbreken kolomnamen: Aanmaakdatum_bestand",)
            ),
            self.case("a column twice", self.file_of(*self.rows, head=";".join([*self.columns, "BSN"])), HEAD),
            self.case("a column more", self.file_of(*self.rows, head=";".join([*self.columns, "Naam"])), HEAD),
            self.case(
                "columns exchanged", self.file_of(*self.rows, head=";".join(["BSN", *(c for c in self.columns if c != "BSN")])), HEAD
            ),
            self.case("a line of too few fields", self.file_of(*self.rows, "x"), base(None, 4), words=(self.number,)),
            self.case("an empty record", self.file_of(self.rows[0], ";" * (len(self.columns) - 1), self.rows[1]), base(None, 3)),
            self.case("an empty record at the end", self.file_of(*self.rows, ";"), notice(None, 4)),
            self.case("nothing in the half-year", self.file_of(self.row(Einddatum="20190630")), FILE, words=("(2e halfjaar 2019)",)),
            self.case("nobody known", self.file_of(self.row(BSN="999999999")), FILE, words=("overal BSN 999999999",)),
            self.wrong("Aanmaakdatum_bestand", "empty", ""),
            self.wrong("Aanmaakdatum_bestand", "no date", "2020-02-03", words=("2019-07-01",)),
            self.wrong("Aanmaakdatum_bestand", "after the day of receipt", "20200211"),
            self.wrong("Gemeentecode", "empty", ""),
            self.wrong("Gemeentecode", "not four digits", "518", words=("de voorloopnul weggevallen",)),
            self.wrong("Gemeentecode", "no municipality then", "1979", words=("Eemsdelta",)),
            self.wrong("Gemeentecode", "another municipality", "0344", words=("is het 0344 (Utrecht)",)),
            self.wrong("BSN", "empty", ""),
            self.wrong("BSN", "no number of a person", "99990001", "999900017", words=("maar acht cijfers", "de 11-proef niet")),
            self.wrong("Geboortedatum", "empty", ""),
            self.wrong("Geboortedatum", "no date", "20080400", "15-04-2008", words=("de eerste dag van de maand",)),
            self.wrong("Geboortedatum", "after the day of receipt", "20200211"),
            self.wrong("Startdatum", "empty", ""),
            self.wrong("Startdatum", "no date", "43647", words=("een dagnummer van Excel",)),
            self.wrong("Einddatum", "no date", "00000000", words=("alleen nullen",)),
            self.wrong("Einddatum", "before the start", "20171231"),
            self.right("Einddatum", "on the day of the start, far away, running", "20191231", "99991231"),
            self.right("Einddatum", "empty", "", of=self.rows[0]),
            self.wrong("Reden_beeindiging", "not two digits", "1", words=("de voorloopnul weggevallen",)),
            self.wrong("Reden_beeindiging", "no code", "99"),
            self.wrong("Reden_beeindiging", "without an end date", "01", of=self.rows[0]),
            self.noticed(
                "made before the end", self.row(Aanmaakdatum_bestand="20191201"), at="Aanmaakdatum_bestand", words=("2e halfjaar 2019",)
            ),
            self.noticed(
                "a start of long ago", self.row(Startdatum="19000101"), at="Startdatum", words=("voor 1920",), others=("Geboortedatum",)
            ),
            self.noticed(
                "a start to come",
                self.row(self.rows[0], Startdatum="20210101"),
                at="Startdatum",
                words=("meer dan een jaar",),
                others=(None,),
            ),
            self.noticed("a record outside", self.row(Einddatum="20190101"), at=None, words=("33,3% van de regels",)),
            self.noticed("a record twice", self.rows[1], at=None, words=("gelijk aan een eerdere regel",)),
            self.noticed("a person unknown", self.row(BSN="999999999"), at="BSN", words=("telt een regel niet mee als",)),
        ]

    @property
    def number(self) -> str:
        return f"precies {'elf' if self.law == 'jeugd' else 'negen'} velden"


YOUTH = Layout(
    "jeugd",
    "JEUGD_H22019_98051801.csv",
    (
        "Aanmaakdatum_bestand",
        "Aanbiedercode",
        "Gemeentecode",
        "BSN",
        "Geboortedatum",
        "Geslacht",
        "Hulpvorm",
        "Startdatum",
        "Einddatum",
        "Reden_beeindiging",
        "Verwijzer",
    ),
    (
        "20200203;98051801;0518;999900006;20080415;1;32;20180101;;;02",
        "20200203;98051801;0518;999900018;20050102;2;35;20180101;20190930;01;01",
    ),
    ("Geslacht", "Reden_beeindiging", "Verwijzer"),
)
BENEFIT = Layout(
    "participatie",
    "PW_H22019_gemeenteDenHaag.csv",
    (
        "Aanmaakdatum_bestand",
        "Gemeentecode",
        "BSN",
        "Geboortedatum",
        "Huishouden",
        "Soort",
        "Startdatum",
        "Einddatum",
        "Reden_beeindiging",
    ),
    (
        "20200203;0518;999900006;19800415;12;1;20180101;;",
        "20200203;0518;999900018;19900102;00000013;2;20180101;20190930;01",
    ),
    ("Reden_beeindiging",),
)
UNBORN = YOUTH.row(YOUTH.rows[0], BSN="000000000", Geboortedatum="", Geslacht="")
IN_2018 = {"half_year": HalfYear(2018, 2), "file_name": "JEUGD_H22018_98051801.csv"}
OF_YOUTH = [
    YOUTH.case("a text behind the provider", YOUTH.file_of(*YOUTH.rows), file_name="JEUGD_H22019_98051801_tweede keer.csv"),
    *(
        YOUTH.case(f"{what}: `{name}`", YOUTH.file_of(*YOUTH.rows), FILE, file_name=name, words=("geen aanbiedercode van acht cijfers",))
        for what, name in (
            ("no provider in the name", "JEUGD_H22019_aanbieder.csv"),
            ("a provider of seven digits", "JEUGD_H22019_8051801.csv"),
            ("nine digits", "JEUGD_H22019_980518011.csv"),
        )
    ),
    YOUTH.wrong("Aanbiedercode", "empty", ""),
    YOUTH.wrong("Aanbiedercode", "not eight digits", "8051801", "980518011", words=("de voorloopnul weggevallen", "te veel cijfers")),
    YOUTH.wrong("Aanbiedercode", "another provider than in the name", "98051802"),
    YOUTH.wrong("Geboortedatum", "with the number of an unborn child", "20080415", BSN="000000000"),
    YOUTH.wrong("Hulpvorm", "empty", ""),
    YOUTH.wrong("Hulpvorm", "no code", "30", "39", "4", "46", "58", "1212", words=("de voorloopnul weggevallen",)),
    YOUTH.right("Hulpvorm", "codes", *(str(code) for code in (*range(31, 39), *range(41, 46), *range(51, 58)))),
    YOUTH.wrong("Geslacht", "not one digit", "01", "m", words=("een voorloopnul die er niet hoort",)),
    YOUTH.wrong("Geslacht", "no code", "3", "9"),
    YOUTH.right("Geslacht", "codes", "0", "1", "2", ""),
    YOUTH.wrong("Verwijzer", "not two digits", "2", "huisarts"),
    YOUTH.wrong("Verwijzer", "no code", "00", "07", "09"),
    replace(YOUTH.right("Verwijzer", "codes of 2018", "07", "08", "", **IN_2018), notices=False),
    YOUTH.right("Reden_beeindiging", "codes", *(f"{code:02}" for code in (*range(1, 7), *range(11, 16), *range(21, 27))), ""),
    YOUTH.noticed("an unborn child", UNBORN, at="BSN", words=("een ongeboren kind (BSN 000000000) bij 33,3% van de regels",)),
    YOUTH.noticed("two unborn children who differ", UNBORN, UNBORN.replace(";32;", ";41;"), at="BSN", words=("bij 50,0% van de regels",)),
    YOUTH.case("of unborn children only", YOUTH.file_of(UNBORN), notice("BSN", 2)),
    YOUTH.noticed("23 on the day of the start", YOUTH.row(Geboortedatum="19950101"), at="Geboortedatum", words=("23 jaar of ouder",)),
    YOUTH.right("Geboortedatum", "a day before that, and on the day of the start", "19950102", "20180101"),
    YOUTH.noticed("born after the start", YOUTH.row(Geboortedatum="20180102"), at="Geboortedatum", words=("pas na het begin",)),
]
OF_BENEFIT = [
    BENEFIT.wrong("Huishouden", "empty", ""),
    BENEFIT.wrong("Huishouden", "not one to nine digits", "1234567890", "12a", words=("te veel cijfers", "letters in het nummer")),
    BENEFIT.wrong("Soort", "empty", ""),
    BENEFIT.wrong("Soort", "no code", "0", "3", "01", words=("een voorloopnul die er niet hoort",)),
    BENEFIT.right("Reden_beeindiging", "codes", "01", "02", "03", "04", "05", ""),
    BENEFIT.wrong("BSN", "of an unborn child", "000000000", words=("staan er negen nullen",)),
    BENEFIT.noticed("14 on the day of the start", BENEFIT.row(Geboortedatum="20030102"), at="Geboortedatum", words=("jonger dan 15 jaar",)),
    BENEFIT.right("Geboortedatum", "15 on the day of the start", "20030101"),
    BENEFIT.noticed(
        "born in 1900, as a spreadsheet has it", BENEFIT.row(Geboortedatum="19000101"), at="Geboortedatum", words=("voor 1900",)
    ),
]
SECTIONS = {
    "The file of the Jeugdwet": [*YOUTH.of_file(), *OF_YOUTH],
    "The file of the Participatiewet": [*BENEFIT.of_file(), *OF_BENEFIT],
}
