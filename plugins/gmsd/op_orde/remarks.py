"""What a coordinator had better look at first: the remark that changes the published figures most in front.

The effect of a remark is how many clients or arrangements of a published figure are wrong if it is a mistake. All thresholds are assumed:
they were chosen so that hardly any made-up delivery without a mistake gets a remark.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import permutations
from typing import TYPE_CHECKING

from gmsd.dutch import dutch_count, dutch_number, dutch_share
from gmsd.op_orde.advice import ADVICE
from gmsd.protocol import law_of
from gmsd.tables import main_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gmsd.op_orde.beside import Beside
    from gmsd.op_orde.summary import OpOrdeSummary
    from gmsd.protocol import Law
    from gmsd.rounds import HalfYear

MOST = 5
CHANGE, CLIENTS = 0.20, 20  # a change worth a sentence is large in share and in number: three clients are no alarm in a small municipality
SHARE = 0.05  # of the lines
POINTS = 15  # percentage points that the composition of a file moves
MADS = 3
_ALIKE = 0.15  # a group that fell or rose as the total did says nothing of its own
_LEFT = 0.1  # of a type whose code was used for another hardly anybody is left
_UNEXPLAINED = 0.35  # how much of the difference may be left when two codes are exchanged back
_ALL_OPEN = 98  # percent
_ROUND_FROM = 10  # per 1,000: below it whole numbers say too little, such as from 1 to 0
_FEW_TYPES = 4  # a group of all but so many types says what the total says

_PAST_WORDS = {
    "half_year": "vorig halfjaar",
    "last_year": "in hetzelfde halfjaar van vorig jaar",
    "delivery": "in uw vorige levering",
}
_OTHERS = "bij andere gemeenten van uw grootte"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to look at.

    Attributes:
        code: What it is about, the same in every report: its kind, and where there are several what of.
        effect: How many clients or arrangements of a published figure are wrong if it is a mistake.
        sentence: What was seen, with its number.
        meaning: What it usually means: a matter of entry, or of conversion by the software.
        action: What to do.
    """

    code: str
    effect: int
    sentence: str
    meaning: str
    action: str

    @property
    def kind(self) -> str:
        """The first part of its code."""
        return self.code.partition(".")[0]


def remarks_on(beside: Beside, summary: OpOrdeSummary, half_year: HalfYear) -> tuple[Remark, ...]:
    """Everything worth a look, the largest effect first.

    Args:
        beside: The numbers of the delivery and what they are set beside.
        summary: The delivery.
        half_year: Its half-year.
    """
    looking = _Looking(beside, summary, half_year)
    looks = (looking.total, looking.swapped, looking.groups, looking.types, looking.stock, looking.end_dates, looking.forms, looking.lines)
    law = law_of(summary.law)
    found = [_in_words(remark, law) for look in looks for remark in look()]
    return tuple(sorted(found, key=lambda each: (-each.effect, each.code)))


def _in_words(remark: Remark, law: Law) -> Remark:
    if not law.words:
        return remark
    return replace(remark, sentence=law.say(remark.sentence), meaning=law.say(remark.meaning), action=law.say(remark.action))


def _remark(kind: str, effect: float, sentence: str, about: str = "") -> Remark:
    advice = ADVICE[kind]
    return Remark(f"{kind}.{about}" if about else kind, round(effect), sentence, advice.meaning, advice.action)


@dataclass(frozen=True, slots=True)
class _Reference:
    """What a count is held against: the value to be expected, its rate, and where it is from."""

    value: float
    rate: float
    words: str

    @property
    def against(self) -> str:
        """The value as the second half of a sentence."""
        number = dutch_number(self.value)
        return f"{self.words} zouden het er ongeveer {number} zijn" if self.words == _OTHERS else f"{self.words} waren het er {number}"


class _Looking:
    """The looks at one delivery; a later one leaves out what an earlier one has told (`told`: groups by code, types by number)."""

    def __init__(self, beside: Beside, summary: OpOrdeSummary, half_year: HalfYear) -> None:
        self.beside, self.summary, self.rows = beside, summary, beside.measured.rows
        self.values, self.rates = beside.own.values.tolist(), beside.own.rates.tolist()
        self.pasts = {name: (each.values.tolist(), each.rates.tolist()) for name, each in beside.pasts.items()}
        self.categories = {group.code: group.categories for group in main_table(summary.law).groups(half_year)}
        self.labels = {row.code: row.label for table in beside.measured.tables for row in table.rows if table.name.startswith("clients")}
        self.type_codes = [row.code for table in beside.measured.tables if table.name == "clients_types" for row in table.rows]
        self.told: set[str | int] = set()
        self.change_of_all: float | None = None

    def past(self, name: str, row: int) -> float | None:
        """The count that a row had in the past, if it had one."""
        value = self.pasts[name][0][row] if name in self.pasts else math.nan
        return None if math.isnan(value) else value

    def reference(self, table: str, code: str) -> _Reference | None:
        """The own past, the nearest first; where there is none what similar municipalities have."""
        row = self.rows[table, code]
        for name, (values, rates) in self.pasts.items():
            if not math.isnan(values[row]):
                return _Reference(values[row], rates[row], _PAST_WORDS[name])
        base, middle = float(self.beside.own.bases[row]), float(self.beside.classes.quartiles[1][row])
        if math.isnan(base) or math.isnan(middle):
            return None
        return _Reference(base * middle / (100 if self.beside.measured.shares[row] else 1000), middle, _OTHERS)

    def changed(self, table: str, code: str) -> _Reference | None:
        """What a count differs notably from: every half-year of the past that there is; without a past what chance and size allow."""
        row, reference = self.rows[table, code], self.reference(table, code)
        value = self.values[row]
        half_years = [found for name in ("half_year", "last_year") if (found := self.past(name, row)) is not None]
        earlier = half_years or [found for found in (self.past("delivery", row),) if found is not None]
        if earlier:
            return reference if all(_notable(value, each) for each in earlier) else None
        far = self.outside(row) and not abs(self.beside.distances[row]) < MADS  # not known is far too
        return reference if reference is not None and far and _notable(value, reference.value) else None

    def outside(self, row: int) -> bool:
        """Whether a count is outside what one in five hundred would be."""
        low, high = self.beside.limits.far[:, row]
        return bool(self.values[row] < low or self.values[row] > high)

    def total(self) -> Iterator[Remark]:
        """The number of clients."""
        code = next(iter(self.categories))  # the first group is the total
        row, found = self.rows["clients_groups", code], self.changed("clients_groups", code)
        if found is None:
            return
        value = self.values[row]
        self.change_of_all = (value - found.value) / found.value if found.value else None
        sentence = f"In dit bestand staan {_clients(value)}; {found.against} ({_change(value, found.value)})."
        sentence += _if_wrong(found.rate, self.rates[row])
        carried = self.carried()
        if value < found.value and carried is not None and carried[0] > carried[1]:
            ran, begun = map(dutch_number, carried)
            sentence += f" Vorig halfjaar liepen {ran} arrangementen door; daarvan begint dit bestand met {begun}."
        yield _remark("deel_ontbreekt" if value < found.value else "te_veel", abs(value - found.value), sentence)

    def swapped(self) -> Iterator[Remark]:
        """Two types of which one has what the other should have."""
        found = {code: self.reference("clients_types", code) for code in self.type_codes}
        share = 1.0 if self.change_of_all is None else 1 + self.change_of_all
        expected = {code: each.value * share for code, each in found.items() if each is not None}
        own = {code: self.values[self.rows["clients_types", code]] for code in expected}
        best: tuple[float, str, str] | None = None
        for one, other in permutations(expected, 2):
            if own[one] >= expected[one] or own[other] <= expected[other]:
                continue
            apart = abs(own[one] - expected[one]) + abs(own[other] - expected[other])
            if apart < 2 * CLIENTS or apart < 2 * CHANGE * expected[one]:
                continue
            if not self.pasts and not (self.outside(self.rows["clients_types", one]) and self.outside(self.rows["clients_types", other])):
                continue
            left = abs(own[one] - expected[other]) + abs(own[other] - expected[one])
            if own[one] <= _LEFT * expected[one]:  # all of one went to the other
                left = min(left, abs(own[one] + own[other] - expected[one] - expected[other]))
            if left <= _UNEXPLAINED * apart and (best is None or apart - left > best[0]):
                best = apart - left, one, other
        if best is None:
            return
        _, one, other = best
        both = {int(one), int(other)}
        self.told |= both | {code for code, held in self.categories.items() if len(both & held) == 1}
        first, second = (
            f"“{self.labels[each]}” ({each}) heeft {_clients(own[each])}, {reference.words if (reference := found[each]) else ''} "
            f"{dutch_number(expected[each])}."
            for each in (one, other)
        )
        effect = max(abs(own[each] - expected[each]) for each in (one, other))
        sentence = f"{first} {second} Als de codes verwisseld zijn, kloppen de cijfers van beide niet."
        yield _remark("codes_verwisseld", effect, sentence, f"{min(one, other)}-{max(one, other)}")

    def groups(self) -> Iterator[Remark]:
        """Groups that changed or emptied by themselves."""
        everything = next(iter(self.categories.values()))
        for code, held in self.categories.items():
            if code in self.told or len(everything - held) <= _FEW_TYPES:
                continue
            row, found = self.rows["clients_groups", code], self.changed("clients_groups", code)
            value, reference = self.values[row], self.reference("clients_groups", code)
            others_have_it = float(self.beside.classes.quartiles[0][row]) >= 0.5  # in whole numbers: one in a thousand
            if value == 0 and reference is not None and reference.value >= 1 and (found is not None or others_have_it):
                self.told |= {code, *held}
                sentence = f"Er zijn geen cliënten met “{self.labels[code]}”; {reference.against}."
                yield _remark("groep_leeg", reference.value, sentence, code)
            elif found is not None and found.value:
                change = (value - found.value) / found.value
                if self.change_of_all is not None and abs(change - self.change_of_all) < _ALIKE:
                    continue
                self.told |= {code, *held}
                sentence = f"Bij “{self.labels[code]}” staan {_clients(value)}; {found.against} ({_change(value, found.value)})."
                yield _remark("groep_veranderd", abs(value - found.value), sentence + _if_wrong(found.rate, self.rates[row]), code)

    def types(self) -> Iterator[Remark]:
        """Types that hardly anybody has any more."""
        for code in self.type_codes:
            row, found = self.rows["clients_types", code], self.changed("clients_types", code)
            if int(code) in self.told or found is None or self.values[row] > _LEFT * found.value:
                continue
            sentence = f"“{self.labels[code]}” ({code}) heeft {_clients(self.values[row])}; {found.against}."
            yield _remark("type_leeg", found.value - self.values[row], sentence + _if_wrong(found.rate, self.rates[row]), code)

    def carried(self) -> tuple[int, int] | None:
        """What ran on after the half-year before, and what this one begins with; None without a half-year before."""
        if "half_year" not in self.beside.pasts:
            return None
        return self.beside.count("standing", "half_year"), self.summary.arrangements - self.summary.started

    def stock(self) -> Iterator[Remark]:
        """A half-year begins with what ran on after the one before; a part that is missing has been told."""
        carried = self.carried()
        if carried is None or self.change_of_all is not None or not _notable(carried[1], carried[0], CHANGE / 2):
            return
        ran, begun = carried
        sentence = (
            f"Vorig halfjaar liepen {dutch_number(ran)} arrangementen door. Dit bestand begint met {dutch_number(begun)}: "
            f"{dutch_number(abs(begun - ran))} {'minder' if begun < ran else 'meer'}. "
            "Als dit een fout is, klopt de stand in uw cijfers niet."
        )
        yield _remark("stand_lager" if begun < ran else "stand_hoger", abs(begun - ran), sentence)

    def end_dates(self) -> Iterator[Remark]:
        """End dates that are missing, or that are there where they were not."""
        found, arrangements = self.reference("shares", "open_ended"), self.summary.arrangements
        rate = self.rates[self.rows["shares", "open_ended"]]
        if found is None or arrangements < CLIENTS or not abs(rate - found.rate) >= POINTS:
            return
        effect = abs(rate - found.rate) * arrangements / 100
        share = f"{dutch_number(rate, 1)} % van de arrangementen heeft geen einddatum"
        begin = "Geen enkel arrangement heeft een einddatum" if self.summary.open_ended == arrangements else share
        sentence = f"{begin}; {found.words} was dat {dutch_number(found.rate, 1)} %."
        outflow = self.reference("flow", "ended")
        if outflow is not None and round(outflow.value) != self.summary.ended:
            effect = max(effect, abs(outflow.value - self.summary.ended))
            way = "zakt" if outflow.value > self.summary.ended else "stijgt"
            ended = dutch_number(self.summary.ended)
            sentence += f" Als dit een fout is, {way} uw uitstroom van ongeveer {dutch_number(outflow.value)} naar {ended} arrangementen."
        kind = "meer_einddatums" if rate < found.rate else "einddatums_leeg" if rate >= _ALL_OPEN else "minder_einddatums"
        yield _remark(kind, effect, sentence)

    def forms(self) -> Iterator[Remark]:
        """The share of personal budgets, beside the own past only: municipalities choose differently."""
        if ("shares", "personal_budget") not in self.rows:
            return
        found, arrangements = self.reference("shares", "personal_budget"), self.summary.arrangements
        rate = self.rates[self.rows["shares", "personal_budget"]]
        if found is None or found.words == _OTHERS or arrangements < CLIENTS or not abs(rate - found.rate) >= POINTS:
            return
        sentence = f"{dutch_number(rate, 1)} % van de arrangementen is een pgb; {found.words} was dat {dutch_number(found.rate, 1)} %."
        yield _remark("leveringsvorm", abs(rate - found.rate) * arrangements / 100, sentence)

    def lines(self) -> Iterator[Remark]:
        """Lines that are there twice, of nobody known, or outside the half-year."""
        records, doubled = self.summary.records, self.summary.doubled

        def share(lines: int) -> str | None:
            return f"{dutch_share(lines / records)} van de regels" if records and lines / records >= SHARE else None

        if (told := share(doubled)) is not None and doubled >= min(CLIENTS, records / 2):
            sentence = (
                f"{told} ({dutch_number(doubled)}) is precies gelijk aan een andere regel. Gelijke regels van één persoon tellen één keer, "
                f"maar zij kunnen op de plaats van andere regels staan: dan missen tot {dutch_number(doubled)} arrangementen."
            )
            yield _remark("dubbele_regels", doubled, sentence)
        if (told := share(self.summary.unknown)) is not None:
            yield _remark("onbekende_personen", self.summary.unknown, f"{told} heeft BSN 999999999.")
        if (told := share(self.summary.out_of_scope)) is not None:
            words = "valt buiten het halfjaar"
            if 2 * self.summary.out_of_scope > records:
                words += "; dat is meer dan de helft, dus misschien gaat dit bestand over een ander halfjaar"
            yield _remark("buiten_halfjaar", self.summary.out_of_scope, f"{told} {words}.")


def _notable(new: float, old: float, change: float = CHANGE) -> bool:
    return abs(new - old) >= CLIENTS and abs(new - old) >= change * max(old, 1)


def _clients(value: float) -> str:
    return dutch_count(int(value), "cliënt", "cliënten")


def _change(new: float, old: float) -> str:
    if not old:
        return "nieuw"
    change = 100 * (new - old) / old
    return f"{'+' if change > 0 else '-'}{dutch_number(abs(change), 1)} %"


def _if_wrong(before: float, now: float) -> str:
    """What it does to the published figure, if it is a mistake."""
    if math.isnan(before) or math.isnan(now):
        return " Als dit een fout is, klopt uw cijfer niet."
    decimals = 0 if round(before) != round(now) and max(before, now) >= _ROUND_FROM else 1
    way = "zakt" if now < before else "stijgt"
    figures = f"van {dutch_number(before, decimals)} naar {dutch_number(now, decimals)} per 1.000 inwoners"
    return f" Als dit een fout is, {way} uw cijfer {figures}."
