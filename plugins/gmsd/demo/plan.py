"""Who does what in the played story: the special cases, each with a municipality, as data.

A plan says per municipality what it uploads in each round for each half-year, in order. What becomes of an upload within its round stands
beside it (`Outcome`); what later rounds and withdrawals make of it is worked out by `story`. Rules: domain, "What counts".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gmsd import reference
from gmsd.demo.choice import DEFAULT_MUNICIPALITIES
from gmsd.demo.register import SIZE_YEAR, random_for
from gmsd.rounds import HalfYear

if TYPE_CHECKING:
    from collections.abc import Sequence

FIRST_ROUND, SECOND_ROUND = HalfYear(2019, 1), HalfYear(2019, 2)
H1, H2 = FIRST_ROUND, SECOND_ROUND

IN_FORCE = "in_force"  # accepted, and nothing newer was accepted in the round
BURST = 22

ACCEPTED, EMPTIED, REJECTED = "accepted", "accepted_without_facultative", "rejected"


@dataclass(frozen=True, slots=True)
class Upload:
    """One upload as planned.

    Args:
        story: what it shows, in a word.
        outcome: its state by the end of its round, `IN_FORCE` for the accepted one that counts.
        verdict: of the check; None when the content is not checked.
        fault: a name in `faults.FAULTS`, or None.
        named: "right", "wrong" (form of the name) or "extension".
        version: which content; equal versions of a municipality and half-year are the same bytes (before the fault).
        moment: "early", "late", "burst" or None for the next moment within the window.
        left_out: how many of the last records are not in the file yet.
        made_later: the creation date in the file lies some days after the first moment it is sent.
        of: the municipality whose file it is, when that is another one.
    """

    story: str
    outcome: str = IN_FORCE
    verdict: str | None = ACCEPTED
    fault: str | None = None
    named: str = "right"
    version: int = 0
    moment: str | None = None
    left_out: int = 0
    made_later: bool = False
    of: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What a municipality does in one round about one half-year."""

    round: HalfYear
    half_year: HalfYear
    uploads: tuple[Upload, ...]


@dataclass(frozen=True, slots=True)
class FormPlan:
    """A form a coordinator files; `text` is the explanation or the reason, `malformed` spoils it."""

    round: HalfYear
    half_year: HalfYear
    kind: str  # intrekking | toelichting
    story: str
    text: str | None = None
    malformed: bool = False


@dataclass(frozen=True, slots=True)
class MunicipalityPlan:
    """Everything one municipality does in the story, round by round."""

    parts: tuple[Part, ...]
    forms: tuple[FormPlan, ...] = field(default=())


def _rejected(story: str, *, fault: str | None = None, named: str = "right") -> Upload:
    return Upload(story, REJECTED, REJECTED, fault=fault, named=named)


CLEAN = (Upload("clean"),)
BASE_REPAIRED = (_rejected("base_fault", fault="base"), Upload("base_fault_repaired"))
BASE_LEFT = (_rejected("base_fault_never_repaired", fault="base"),)
FACULTATIVE_LEFT = (Upload("facultative_fault", verdict=EMPTIED, fault="facultative"),)
FACULTATIVE_REPAIRED = (
    Upload("facultative_fault", "superseded", EMPTIED, fault="facultative"),
    Upload("facultative_fault_repaired"),
)
WRONG_NAME = (_rejected("wrong_name", named="wrong"), Upload("wrong_name_repaired"))
WRONG_EXTENSION = (_rejected("wrong_extension", named="extension"), Upload("wrong_extension_repaired"))
WRONG_COLUMNS = (_rejected("wrong_columns", fault="columns"), Upload("wrong_columns_repaired"))
UNREADABLE = (Upload("unreadable", "unreadable", REJECTED, fault="utf16"), Upload("unreadable_repaired"))
EMPTY = (Upload("unreadable", "unreadable", REJECTED, fault="empty"), Upload("unreadable_repaired"))
CORRECTION = (Upload("clean", "superseded"), Upload("correction", version=1))
REPEAT = (Upload("clean"), Upload("repeat", "repeat", None))
A_B_A = (Upload("a_b_a", "superseded"), Upload("a_b_a", "superseded", version=1), Upload("a_b_a"))
# An early upload is not counted: the same file in the window is a first delivery, not a repeat.
EARLY = (Upload("early", "early", None, moment="early"), Upload("clean"))
LATE = (Upload("clean"), Upload("late", "late", None, version=1, moment="late"))
# Refused only for its creation date: the same file on a later day is checked afresh.
CREATED_LATER = (
    Upload("created_later", REJECTED, REJECTED, made_later=True),
    Upload("created_later_again", made_later=True),
)
REDELIVERY = (Upload("redelivery", version=2),)
REDELIVERY_LEFT = (_rejected("redelivery_never_repaired", fault="base"),)


def _other_municipality(other: str) -> tuple[Upload, ...]:
    return (Upload("wrong_municipality", REJECTED, REJECTED, of=other), Upload("wrong_municipality_repaired"))


def _burst() -> tuple[Upload, ...]:
    """All in one moment, each with one record more; the seventh is faulty and counts all the same; the last is one too many."""
    uploads = []
    for number in range(1, BURST + 1):
        left_out = BURST - number
        if number == BURST:
            uploads.append(Upload("over_limit", "over_limit", None, moment="burst"))
        elif number == 7:
            uploads.append(Upload("burst", REJECTED, REJECTED, fault="base", moment="burst", left_out=left_out))
        else:
            outcome = IN_FORCE if number == BURST - 1 else "superseded"
            uploads.append(Upload("burst", outcome, moment="burst", left_out=left_out))
    return tuple(uploads)


def _plan(
    first: Sequence[Upload] = CLEAN, second: Sequence[Upload] = CLEAN, again: Sequence[Upload] = (), forms: Sequence[FormPlan] = ()
) -> MunicipalityPlan:
    """H1 in the first round, H2 in the second, and H1 again in the second."""
    parts = (Part(FIRST_ROUND, H1, tuple(first)), Part(SECOND_ROUND, H1, tuple(again)), Part(SECOND_ROUND, H2, tuple(second)))
    return MunicipalityPlan(tuple(part for part in parts if part.uploads), tuple(forms))


_EXPLANATION_H1 = (
    "Vanaf 1 januari 2019 registreert onze gemeente de hulp bij het huishouden in een nieuw systeem. "
    "Het aantal cliënten is daardoor niet goed te vergelijken met 2018."
)
_EXPLANATION_H2 = "Sinds 1 juli 2019 voert onze gemeente de vervoersvoorziening zelf uit. Deze cliënten staan nu ook in de levering."

SPECIAL: dict[str, MunicipalityPlan] = {
    "0744": _plan(first=REPEAT, again=REDELIVERY),
    "1695": _plan(second=EARLY),
    "0638": _plan(second=_burst()),
    "0431": _plan(first=UNREADABLE),
    "0279": MunicipalityPlan(()),
    "0448": _plan(first=A_B_A, again=REDELIVERY),
    "0221": _plan(first=LATE),
    "0072": _plan(first=WRONG_COLUMNS),
    "0180": _plan(first=_other_municipality("0175")),
    "0473": MunicipalityPlan((Part(FIRST_ROUND, H1, CLEAN),), (FormPlan(FIRST_ROUND, H1, "intrekking", "withdrawal"),)),
    "0994": _plan(first=BASE_LEFT, again=REDELIVERY),
    "0289": _plan(first=WRONG_NAME, again=REDELIVERY),
    "0184": _plan(first=WRONG_EXTENSION),
    "0216": _plan(
        second=BASE_REPAIRED, forms=(FormPlan(SECOND_ROUND, H2, "intrekking", "withdrawal", "De registratie van 2019 is niet volledig."),)
    ),
    "0664": _plan(first=FACULTATIVE_LEFT, again=REDELIVERY),
    "0301": _plan(second=FACULTATIVE_REPAIRED),
    "0687": _plan(second=BASE_LEFT),
    "0513": _plan(first=BASE_REPAIRED, again=REDELIVERY),
    "0106": _plan(first=CORRECTION, again=REDELIVERY),
    "0400": _plan(second=CREATED_LATER),
    "0995": _plan(forms=(FormPlan(SECOND_ROUND, H2, "intrekking", "malformed_form", malformed=True),)),
    "0355": _plan(second=EMPTY, forms=(FormPlan(FIRST_ROUND, H1, "toelichting", "explanation", _EXPLANATION_H1),)),
    "0141": _plan(again=REDELIVERY_LEFT),
    "0503": _plan(
        second=BASE_REPAIRED,
        again=REDELIVERY,
        forms=(FormPlan(SECOND_ROUND, H2, "toelichting", "explanation", _EXPLANATION_H2),),
    ),
    "0983": _plan(again=REDELIVERY),
    "0935": _plan(again=REDELIVERY),
}

# How the municipalities outside the default choice behave: (share, pattern), in the proportions coordinators know.
_USUAL: tuple[tuple[float, tuple[Upload, ...]], ...] = (
    (0.72, CLEAN),
    (0.08, BASE_REPAIRED),
    (0.07, WRONG_NAME),
    (0.05, FACULTATIVE_REPAIRED),
    (0.04, CORRECTION),
    (0.02, WRONG_EXTENSION),
    (0.02, REPEAT),
)
_NEVER_DELIVERS = 0.07
_ALWAYS_DELIVERS_FROM = 100_000
_REDELIVERS = 0.33


def plan_of(seed: int, municipality: str) -> MunicipalityPlan:
    """What a municipality does: its special case, a plain round when it is of the default choice, else a draw."""
    if municipality in SPECIAL:
        return SPECIAL[municipality]
    if municipality in DEFAULT_MUNICIPALITIES:
        return _plan()
    draw = random_for(seed, municipality, 0).random(4)
    if draw[0] < _NEVER_DELIVERS and reference.inhabitants(municipality, SIZE_YEAR) < _ALWAYS_DELIVERS_FROM:
        return MunicipalityPlan(())
    return _plan(_usual(draw[1]), _usual(draw[2]), REDELIVERY if draw[3] < _REDELIVERS else ())


def _usual(draw: float) -> tuple[Upload, ...]:
    for share, pattern in _USUAL:
        if draw < share:
            return pattern
        draw -= share
    return CLEAN
