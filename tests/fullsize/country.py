"""What the municipalities send, round by round: made again whenever somebody asks for the bytes, so that nobody keeps them.

Two ordinary rounds stand on the calendar. Three more take corrections of the same year: one client more or less, the same in both halves.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from gmsd.demo import delivery, municipalities_of
from gmsd.demo.register import bsns_of, register_of
from gmsd.rounds import WMO, HalfYear, Place
from gmsd.rounds.calendar import Calendar, Round, load_calendar

SEED = 1
H1, H2 = HalfYear(2019, 1), HalfYear(2019, 2)
NOBODY = b"999999999"
STAY = frozenset({b"15", b"16", b"17", b"18"})
_CORRECTED_IN_TEN = 3


@dataclass(frozen=True, slots=True)
class Edit:
    """One client less, or one more: with the records of the client `like`, under a number of nobody else."""

    like: bytes
    new: bytes | None = None

    def of(self, data: bytes) -> bytes:
        """A file after it."""
        head, *lines = data.split(b"\n")
        theirs = [line for line in lines if _client(line) == self.like]
        if self.new is None:
            return b"\n".join([head, *(line for line in lines if _client(line) != self.like)])
        return b"\n".join([head, *(line.replace(self.like, self.new, 1) for line in theirs), *lines])


@dataclass(frozen=True, slots=True)
class Sent:
    """A file of a municipality, by how it is made."""

    municipality: str
    half_year: HalfYear
    revision: int = 0
    edits: tuple[Edit, ...] = ()

    @property
    def key(self) -> str:
        """Where it is put in the inbox: a corrected file has the name of the first."""
        return f"{Place(WMO, self.half_year, self.municipality).folder}/WMO_{self.half_year.upload_code}_levering.csv"

    def data(self) -> bytes:
        """Its bytes."""
        made = delivery(SEED, self.municipality, self.half_year, revision=self.revision).data
        for each in self.edits:
            made = each.of(made)
        return made


Held = dict[HalfYear, Sent]
"""The file that counts of each half-year of a municipality."""


def _client(line: bytes) -> bytes:
    fields = line.split(b";", 3)
    return fields[2] if len(fields) > 3 else b""


def one_client(held: Held, number: int, *, stay: bool) -> Held:
    """All files of a municipality with one client more or less, by turns; `stay`: of verblijf en opvang, where counts are small."""
    newest = held[max(held)]
    lines = newest.data().split(b"\n")[1:]
    clients = sorted({(line.split(b";", 4)[3] in STAY, _client(line)) for line in lines if _client(line) not in (b"", NOBODY)})
    chosen = [client for is_stay, client in clients if is_stay] if stay else []
    chosen = chosen or [client for _, client in clients]
    like = chosen[(int(newest.municipality) + number) % len(chosen)]
    edit = Edit(like) if (int(newest.municipality) + number) % 2 else Edit(like, _unused(newest.municipality, number))
    return {half: replace(sent, edits=(*sent.edits, edit)) for half, sent in held.items()}


def _unused(municipality: str, number: int) -> bytes:
    """A number of the municipality that its register leaves."""
    used = len(register_of(SEED, municipality).bsns)
    return str(bsns_of(municipality, used + number)[-1]).encode()


class Country:
    """The municipalities, and what counts of each after every round.

    Args:
        number: How many municipalities; "all" for the whole country.

    Attributes:
        codes: The municipalities.
        held: Municipality -> its files that count.
        leaver: Who withdraws in the end.
    """

    def __init__(self, number: int | str) -> None:
        self.codes = municipalities_of("all" if number == "all" else int(number), H1)
        self.held: dict[str, Held] = {}
        self.leaver = self.codes[len(self.codes) // 2]

    def first(self) -> list[Sent]:
        """Everybody's first half-year."""
        return self._take({code: {H1: Sent(code, H1)} for code in self.codes})

    def second(self) -> list[Sent]:
        """Everybody's second half-year; a third revises the first one in the ordinary way, a third by one client, a third not at all."""
        made: dict[str, Held] = {}
        for place, code in enumerate(self.codes):
            again: Held = {H1: replace(self.held[code][H1], revision=1)} if place % 3 == 0 else {}
            if place % 3 == 1:
                again = one_client({H1: self.held[code][H1]}, 1, stay=True)
            made[code] = {H2: Sent(code, H2), **again}
        return self._take(made)

    def everybody_corrects(self) -> list[Sent]:
        """Every municipality sends both halves again with one client of verblijf en opvang more or less."""
        return self._take({code: one_client(held, 2, stay=True) for code, held in self.held.items()})

    def some_correct(self, number: int) -> list[Sent]:
        """Three municipalities in ten send both halves again with any client more or less."""
        among = [code for place, code in enumerate(self.held) if (place * 7 + number) % 10 < _CORRECTED_IN_TEN]
        return self._take({code: one_client(self.held[code], number, stay=False) for code in among})

    def withdraw(self) -> str:
        """One municipality is in no release any more."""
        del self.held[self.leaver]
        return self.leaver

    def _take(self, made: dict[str, Held]) -> list[Sent]:
        for code, held in made.items():
            self.held[code] = self.held.get(code, {}) | held
        return [sent for held in made.values() for sent in held.values()]


def _corrections(code: HalfYear, opens: dt.date) -> Round:
    days = [opens + dt.timedelta(days=each) for each in (0, 32, 35, 46, 49, 91)]
    return Round(code, (H1, H2), *days)


def calendar() -> Calendar:
    """The rounds that stand on the calendar, and three more for corrections of the same year."""
    more = {
        HalfYear(2020, 1): dt.date(2020, 9, 1),
        HalfYear(2020, 2): dt.date(2021, 2, 1),
        HalfYear(2021, 1): dt.date(2021, 9, 1),
        HalfYear(2021, 2): dt.date(2022, 2, 1),
    }
    ordinary = [each for each in load_calendar().rounds if each.code in (H1, H2) and each.law == WMO]
    return Calendar((*ordinary, *(_corrections(code, opens) for code, opens in more.items())))
