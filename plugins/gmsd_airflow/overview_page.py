"""What the pages of the Ronde-overzicht show: a round, a municipality, a delivery; and the reports of a delivery."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gmsd.errors import GmsdError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Mapping, Sequence

    from gmsd.deliveries import Delivery
    from gmsd.overview import DayTotals, DeliveryAccount, MunicipalityAccount, MunicipalityRow, RoundOverview, Selection
    from gmsd.rounds import HalfYear, Round
    from gmsd.settings import Settings

# Fill of each group of states; a legend and a table say the same in words.
COLOURS: Mapping[str, str] = {
    "accepted": "#1d6b3f",
    "being checked": "#2f8f9d",
    "rejected": "#a1242b",
    "not counted": "#b06a00",
    "withdrawn": "#4a5963",
    "not delivered": "#d5dcdf",
}
WIDTH, HEIGHT, LEFT, BOTTOM = 900, 220, 40, 24
TONES: Mapping[str, str] = {
    **dict.fromkeys(("accepted", "approved", "loaded", "published", "accepted_without_facultative"), "good"),
    **dict.fromkeys(("rejected", "unreadable", "over_limit", "late"), "bad"),
    **dict.fromkeys(("early", "repeat", "unplaced", "received"), "part"),
}


class NotThereError(GmsdError):
    """There is no such delivery, municipality or report."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One rectangle of the chart."""

    x: float
    y: float
    width: float
    height: float
    fill: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis, and its words."""

    at: float
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Totals by group of states, a column a day, stacked: what the picture is drawn of, and the table that says the same.

    Attributes:
        bars: Every rectangle that is not empty.
        days: Marks under it.
        numbers: Marks beside it.
        totals: What it was drawn of; for the table the days on which something changed.
    """

    bars: tuple[Bar, ...]
    days: tuple[Tick, ...]
    numbers: tuple[Tick, ...]
    totals: tuple[DayTotals, ...]


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """The overview as it was asked for.

    Attributes:
        overview: All of it.
        selection: What was asked for.
        rows: The rows asked for, in order.
        chart: Of all its rows; None before the first day.
        rounds: The rounds that are to come, run, or hold deliveries, and the one that is shown; the newest first.
        empty_rounds: Those that are over without a delivery: of before, and not taken in; the newest first.
        unplaced: Uploads that are in no round, newest first.
    """

    overview: RoundOverview
    selection: Selection
    rows: tuple[MunicipalityRow, ...]
    chart: Chart | None
    rounds: tuple[Round, ...]
    empty_rounds: tuple[Round, ...]
    unplaced: tuple[Delivery, ...]

    @property
    def half_years(self) -> tuple[HalfYear, ...]:
        """Those that the round takes."""
        return self.overview.round.takes


def overview_page(settings: Settings, query: Mapping[str, str]) -> OverviewPage:
    """Read what an address asks for.

    Raises:
        BadSelectionError: it asks for something that there is not.
    """
    from gmsd.clock import get_clock
    from gmsd.database import connect
    from gmsd.deliveries import listing
    from gmsd.overview import Selection, chosen_round, round_overview, rounds_with_deliveries
    from gmsd.rounds import load_calendar

    selection, calendar, now = Selection.of(query), load_calendar(), get_clock(settings).now()
    known, half_year = chosen_round(calendar, selection, now)
    selection = replace(selection, round=known.id, half_year=str(half_year))  # its links stay those of this round
    with connect(settings, "loader").connect() as connection:
        overview = round_overview(connection, settings, calendar, known, half_year, now)
        unplaced = tuple(listing(connection, state="unplaced")[::-1])
        delivered = rounds_with_deliveries(connection)
    rows, chart = selection.apply(overview.rows), chart_of(overview.totals)
    return OverviewPage(overview, selection, rows, chart, *told_apart(calendar.rounds, delivered, known, now), unplaced)


def told_apart(
    rounds: Sequence[Round], delivered: Collection[str], shown: Round, now: dt.datetime
) -> tuple[tuple[Round, ...], tuple[Round, ...]]:
    """The rounds that an engineer has work or deliveries in, and those that are over and empty; each the newest first.

    Args:
        rounds: Of the calendar, the oldest first.
        delivered: Ids of the rounds with a delivery.
        shown: The one that the page shows: it is never set aside.
        now: The moment.
    """
    empty = [each for each in rounds if each.phase(now) == "closed" and each.id not in delivered and each.id != shown.id]
    return tuple(each for each in rounds[::-1] if each not in empty), tuple(empty[::-1])


def chart_of(totals: Sequence[DayTotals]) -> Chart | None:
    """Draw the totals; None when there are no days."""
    most = max((sum(day.counts.values()) for day in totals), default=0)
    if not most:
        return None
    step, high = (WIDTH - LEFT) / len(totals), HEIGHT - BOTTOM
    bars = []
    for number, day in enumerate(totals):
        top = float(high)
        for group, count in day.counts.items():
            size = high * count / most
            top -= size
            if count:
                bars.append(Bar(round(LEFT + number * step, 2), round(top, 2), round(step * 0.92, 2), round(size, 2), COLOURS[group]))
    every = max(1, len(totals) // 8)
    days = tuple(Tick(round(LEFT + (n + 0.46) * step, 2), f"{totals[n].day:%d %b}") for n in range(0, len(totals), every))
    numbers = tuple(Tick(round(high - high * part, 2), f"{most * part:.0f}") for part in (0.0, 0.5, 1.0))
    changed = [day for n, day in enumerate(totals) if not n or day.counts != totals[n - 1].counts]
    return Chart(tuple(bars), days, numbers, tuple(changed))


def render_overview(page: OverviewPage) -> str:
    """The overview as HTML."""
    from gmsd.overview import Selection
    from gmsd.rendering import render_page_of

    size = {"width": WIDTH, "height": HEIGHT, "left": LEFT, "bottom": BOTTOM}
    return render_page_of("gmsd_airflow", "overview", page=page, choices=Selection.choices, colours=COLOURS, tones=TONES, size=size)


def delivery_page(settings: Settings, delivery_id: str) -> DeliveryAccount:
    """Read all of one delivery.

    Raises:
        NotThereError: there is none of that id.
    """
    from gmsd.clock import get_clock
    from gmsd.database import connect
    from gmsd.deliveries import UnknownDelivery
    from gmsd.overview import delivery_account

    with connect(settings, "loader").connect() as connection:
        try:
            return delivery_account(connection, delivery_id, get_clock(settings).now())
        except UnknownDelivery:
            raise NotThereError("there is no such delivery") from None


def render_delivery(account: DeliveryAccount) -> str:
    """The page of a delivery as HTML."""
    from gmsd.rendering import render_page_of

    return render_page_of("gmsd_airflow", "delivery", account=account, tones=TONES)


def municipality_page(settings: Settings, code: str) -> MunicipalityAccount:
    """Read all of one municipality.

    Raises:
        NotThereError: there is none of that code.
    """
    from gmsd.clock import get_clock
    from gmsd.database import connect
    from gmsd.overview import municipality_account

    with connect(settings, "loader").connect() as connection:
        try:
            return municipality_account(connection, settings, code, get_clock(settings).now())
        except KeyError:
            raise NotThereError("there is no such municipality") from None


def render_municipality(account: MunicipalityAccount) -> str:
    """The page of a municipality as HTML."""
    from gmsd.rendering import render_page_of

    return render_page_of("gmsd_airflow", "municipality", account=account, tones=TONES)


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it lies in the outbox."""

    body: bytes
    media_type: str


def report(settings: Settings, delivery_id: str, name: str) -> Report:
    """One report of a delivery, from the outbox.

    Raises:
        NotThereError: there is no such delivery, or it has no such report.
    """
    from gmsd.overview import REPORTS
    from gmsd.store import Gone, get_store

    account = delivery_page(settings, delivery_id)
    if name not in account.reports:
        raise NotThereError("the delivery has no such report")
    try:
        body = get_store(settings).get(settings.bucket_outbox, account.delivery.outbox_prefix + name)
    except Gone:
        raise NotThereError("the report is not in the outbox (any more)") from None
    return Report(body, REPORTS[name])
