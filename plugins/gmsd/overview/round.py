"""The overview of one half-year in a round: a row for every municipality, and totals day by day, in a few statements."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gmsd.clock import AMSTERDAM
from gmsd.database import statement
from gmsd.deliveries import ARCHIVE, counting_now, listing
from gmsd.errors import GmsdError
from gmsd.letters import recipients_among
from gmsd.overview.rows import MunicipalityRow, Remarks, deadline_of, standing_of
from gmsd.overview.selection import BadSelectionError
from gmsd.overview.totals import DayTotals, Move, totals_by_day
from gmsd.reference import municipalities
from gmsd.registration import serving_on
from gmsd.rounds import HalfYear, Place, partition

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from gmsd.deliveries import Delivery
    from gmsd.overview.selection import Selection
    from gmsd.rounds import Calendar, Round
    from gmsd.settings import Settings


@dataclass(frozen=True, slots=True)
class RoundOverview:
    """One half-year in a round, at a moment.

    Attributes:
        round: The round.
        half_year: One of those it takes.
        now: The moment, by the pipeline's clock.
        rows: One for each municipality of the half-year, by code.
        totals: Day by day, from the first of the window to today or the release.
    """

    round: Round
    half_year: HalfYear
    now: dt.datetime
    rows: tuple[MunicipalityRow, ...]
    totals: tuple[DayTotals, ...]

    @property
    def phase(self) -> str:
        """What the round is doing."""
        return self.round.phase(self.now)

    @property
    def states(self) -> Mapping[str, int]:
        """How many municipalities stand in each state, the most first."""
        return dict(Counter(row.state for row in self.rows).most_common())

    @property
    def unserved(self) -> int:
        """For how many nobody is registered as coordinator."""
        return sum(not row.registered for row in self.rows)

    @property
    def absent(self) -> int:
        """How many have delivered nothing in this round that was accepted or may be."""
        return sum(row.state not in _MAY_COUNT for row in self.rows)


_MAY_COUNT = frozenset({"received", "accepted", "approved", "loaded", "published", "superseded"})


def chosen_round(calendar: Calendar, selection: Selection, now: dt.datetime) -> tuple[Round, HalfYear]:
    """The round and half-year that a selection asks for: by default the round that began last, and its own half-year.

    Raises:
        BadSelectionError: there is no such round, or it does not take that half-year.
    """
    begun = [known for known in calendar.rounds if known.opens_at <= now] or list(calendar.rounds[:1])
    try:
        known = calendar.round(selection.round) if selection.round else max(begun, key=lambda each: each.opens_at)
        half_year = HalfYear.parse(selection.half_year) if selection.half_year else known.code
    except (GmsdError, ValueError):
        raise BadSelectionError("the calendar has no such round or half-year") from None
    if half_year not in known.takes:
        raise BadSelectionError(f"round {known.id} takes {', '.join(map(str, known.takes))}")
    return known, half_year


def rounds_with_deliveries(connection: Connection) -> frozenset[str]:
    """The ids of the rounds that hold a delivery, in whatever state it is."""
    found = connection.execute(statement("overview/rounds_with_deliveries"))
    return frozenset(partition(row.law, HalfYear.parse(row.round)) for row in found)


def round_overview(
    connection: Connection, settings: Settings, calendar: Calendar, known: Round, half_year: HalfYear, now: dt.datetime
) -> RoundOverview:
    """Read the overview.

    Args:
        connection: Of any role that reads the register.
        settings: Where coordinators are mailed.
        calendar: All rounds: a form counts in a round until the next that takes the half-year.
        known: The round.
        half_year: One that it takes.
        now: The moment.
    """
    about = {"law": known.law, "half_year": str(half_year), "round": str(known.code)}
    names = municipalities(half_year)
    reading = _Reading(connection, about)
    uploads: dict[str, list[Delivery]] = defaultdict(list)
    for each in listing(connection, law=known.law, half_year=half_year, round_code=known.code):
        uploads[each.placed[0].municipality].append(each)
    later = [r.opens_at for r in calendar.taking(half_year, known.law) if r.opens_at > known.opens_at]
    remarks, forms = remarks_of(connection, **about), reading.forms(known.opens_at, min(later, default=None))
    frozen, waiting = reading.frozen(), reading.mails_waiting()
    standing = {code: _standing(uploads[code]) for code in names}
    without = [code for code, each in standing.items() if each is None or each.state not in _MAY_COUNT]
    kept = _kept(connection, known, half_year, without)
    duty, rows = serving_on(connection, now.astimezone(AMSTERDAM).date()), []
    for code, name in names.items():
        recipients = recipients_among(settings, duty, code, known.law)
        mine, found = uploads[code], standing[code]
        said = remarks.get(found.delivery_id) if found else None
        rows.append(
            MunicipalityRow(
                place=Place(known.law, half_year, code),
                name=name,
                standing=found,
                newest=mine[-1] if mine else None,
                uploads=len(mine),
                attempts=sum(each.attempt is not None for each in mine),
                remarks=said,
                kept=kept.get(code),
                participation=frozen.get(code),
                withdrawal=forms.get((code, "withdrawal")),
                explanation=forms.get((code, "explanation")),
                deadline=deadline_of(known, found, said, now),
                coordinator=", ".join(each.address for each in recipients),
                mails_waiting=waiting.get(code, 0),
                registered=recipients[0].coordinator_id is not None,
            )
        )
    last = min(now.astimezone(AMSTERDAM).date(), known.release)
    totals = totals_by_day(reading.moves(names), len(names), known.window_first, last)
    return RoundOverview(known, half_year, now, tuple(rows), totals)


def _standing(uploads: Sequence[Delivery]) -> Delivery | None:
    by_id = {each.delivery_id: each for each in uploads}
    found = standing_of({name: each.state for name, each in by_id.items()}, list(by_id))
    return by_id[found] if found else None


def _kept(connection: Connection, known: Round, half_year: HalfYear, codes: Sequence[str]) -> dict[str, Delivery]:
    """What counts now of municipalities that have nothing of this round, when it is of an earlier one."""
    found = counting_now(connection, [Place(known.law, half_year, code) for code in codes])
    return {place.municipality: each for place, each in found.items() if each.placed[1] < known.code}


def remarks_of(connection: Connection, **about: str) -> dict[str, Remarks]:
    """What the checks of some deliveries remarked, by delivery.

    Args:
        connection: Of any role that reads the register.
        about: `law`, `half_year`, `round` and `municipality`; what is left out lets everything through.
    """
    filters = dict.fromkeys(("law", "half_year", "round", "municipality")) | about
    found = {}
    for row in connection.execute(statement("overview/checks"), filters).mappings():
        values = dict(row)
        delivery_id = values.pop("delivery_id")
        found[delivery_id] = Remarks(**values)
    return found


@dataclass(frozen=True, slots=True)
class _Reading:
    """The other statements about one half-year in a round."""

    connection: Connection
    about: Mapping[str, str]

    def forms(self, opens_at: dt.datetime, next_opens_at: dt.datetime | None) -> dict[tuple[str, str], str]:
        values = {**self.about, "opens_at": opens_at, "next_opens_at": next_opens_at or dt.datetime.max.replace(tzinfo=dt.UTC)}
        found = self.connection.execute(statement("overview/forms"), values)
        return {(row.municipality, row.kind): row.state for row in found}

    def frozen(self) -> dict[str, str]:
        return {row.municipality: row.status for row in self.connection.execute(statement("overview/frozen"), self.about)}

    def mails_waiting(self) -> dict[str, int]:
        return {row.municipality: row.waiting for row in self.connection.execute(statement("overview/mails_waiting"))}

    def moves(self, names: Mapping[str, str]) -> list[Move]:
        found = self.connection.execute(statement("overview/moves"), {**self.about, "archive": ARCHIVE})
        return [Move(row.municipality, row.delivery_id, row.at, row.to_state) for row in found if row.municipality in names]
