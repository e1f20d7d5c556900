"""The attack as a gate: what a release to come would tell beside all that is public, what is hidden so that it does not, and the report."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from gmsd.attack import CELLS, PublicRelease, Repaired, Truth, audit, guess, method_of, repair
from gmsd.database import read_frame, statement
from gmsd.errors import GmsdError
from gmsd.figures import half_years_in_force, inhabitants_of, participation_by_period, periods, true_figures
from gmsd.reference import dissolved
from gmsd.releases.cells import nested_contents, table_cells
from gmsd.releases.files import read_document
from gmsd.releases.plan import plan_release, protection_of
from gmsd.releases.repair import repaired_cells
from gmsd.rounds import HalfYear, Participation
from gmsd.tables import ages_of, tables_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Collection, Mapping, Sequence

    from sqlalchemy import Connection, Row

    from gmsd.attack import Disclosure, Guess, Method
    from gmsd.disclosure import Protection
    from gmsd.figures import InForce, Period
    from gmsd.releases.plan import Plan
    from gmsd.settings import Settings

_FIGURE: dict[str, pl.DataType | type[pl.DataType]] = {
    "period": pl.String,
    "municipality": pl.String,
    "content": pl.String,
    "value": pl.Int64,
}
HIDDEN: dict[str, pl.DataType | type[pl.DataType]] = dict.fromkeys(("period", "region", "content"), pl.String)
_KEPT = 200
"""How many findings a report keeps in words."""


class DisclosedError(GmsdError):
    """What would be published tells counts, and hiding cells did not help; the message names the first."""


@dataclass(frozen=True, slots=True)
class Attacked:
    """What the attack found of a series of releases.

    Attributes:
        cells: Counts attacked.
        disclosed: How many are told, or could not be proven not to be; figures that are not made as the method says count too, and counts
            that a best guess hits with a larger chance than the bound.
        repaired: How many cells were hidden for it, in this release.
        seconds: How long it took.
        hidden: `period`, `region`, `content` of these.
        report: Findings in words, faults, what it cannot see; never public.
    """

    cells: int
    disclosed: int
    repaired: int
    seconds: float
    hidden: pl.DataFrame
    report: dict[str, Any]

    @property
    def passed(self) -> bool:
        """Nothing is disclosed."""
        return not self.disclosed

    def describe(self) -> dict[str, Any]:
        """The numbers, for a preview."""
        found = sum(self.report["found"].values())
        return {
            "cells": self.cells,
            "found": found,
            "disclosed": self.disclosed,
            "repaired": self.repaired,
            "seconds": round(self.seconds, 1),
        }


def plan_attacked(
    connection: Connection,
    settings: Settings,
    law: str,
    round_: HalfYear,
    at: dt.datetime,
    *,
    expected: str = "",
    progress: Callable[[str], None] | None = None,
    without: Collection[HalfYear] | None = None,
    targets: tuple[str, ...] | None = None,
) -> tuple[Plan, Attacked]:
    """Plan the next release, attack the whole series with it, and hide what tells a count until nothing does.

    Args:
        connection: With the publisher's rights; only read.
        settings: Protection and keys.
        law: The law.
        round_: The round whose close decides what counts.
        at: The moment of the clock.
        expected: The release id that the run was started for; empty for whichever comes next.
        progress: Is told in a sentence what is being done.
        without: The half-years that it does not show; None = those that are recalled.
        targets: Ids of the targets it is made for; None = all.

    Returns:
        The plan with everything hidden that had to be, and what the attack found of it.
    """
    planned = partial(plan_release, connection, settings, law, round_, at, expected=expected, without=without, targets=targets)
    plan = planned()
    earlier, truths = _series(connection, law)
    force = half_years_in_force(connection, law, round_)
    first = _to_come(connection, plan, force, None)
    plans = [plan]

    def publish(hidden: pl.DataFrame) -> PublicRelease:
        plans.append(planned(hidden=_as_repaired(hidden)))
        return _to_come(connection, plans[-1], force, hidden).release

    half_years = sorted({half for release in (*earlier, first) for half in release.half_years})
    now = true_figures(connection, law, plan.content.periods)
    truth = _truth(truths | {plan.content.release_id: _delivered_only(now, first.release)})
    method = _method(law, half_years, settings)
    before = [each.release for each in earlier]
    # by the letter of the rule too many counts can be guessed to hide what tells them: it warns
    guesses: Literal["hidden", "told"] = "told" if settings.rounding == "nearest" else "hidden"
    repaired = repair([*before, first.release], method, publish, truth, guesses=guesses, progress=progress)
    return plans[-1], _attacked(repaired)


@dataclass(frozen=True, slots=True)
class _Release:
    """A release of the series, and the half-years it shows."""

    release: PublicRelease
    half_years: tuple[HalfYear, ...]


def attack_series(
    connection: Connection, settings: Settings, law: str, *, progress: Callable[[str], None] | None = None
) -> Attacked | None:
    """Attack all public releases of a law together; None while there is none."""
    earlier, truths = _series(connection, law)
    if not earlier:
        return None
    half_years = sorted({half for each in earlier for half in each.half_years})
    series, method, truth = [each.release for each in earlier], _method(law, half_years, settings), _truth(truths)
    result = audit(series, method, truth, progress=progress)
    hidden = _by_region(repaired_cells(connection, law))
    guesses = guess(series, method, truth)
    return _attacked(Repaired(result, guesses, len(guesses.over), hidden))


def note_attack(connection: Connection, settings: Settings, plan: Plan, attacked: Attacked, at: dt.datetime) -> None:
    """Keep what the attack found of a plan; the database lets no release out that has no such row, or one that says no.

    Where counts are rounded to the nearest multiple, as the letter of the rule has it, the attack warns and does not stop anything.
    """
    values = {
        "release_id": plan.content.release_id,
        "fingerprint": plan.fingerprint,
        "law": plan.content.law,
        "attacked_at": at,
        "cells": attacked.cells,
        "disclosed": attacked.disclosed,
        "repaired": attacked.repaired,
        "lets_out": attacked.passed or settings.rounding == "nearest",
        "seconds": attacked.seconds,
        "report": json.dumps({**attacked.report, "hidden": attacked.hidden.rows()}),
    }
    connection.execute(statement("releases/note_attack"), values)


def hidden_for(connection: Connection, release_id: str, fingerprint: str) -> pl.DataFrame | None:
    """`period`, `municipality`, `content` of what the attack hid in a planned release; None when it was not attacked as it is."""
    found = connection.execute(statement("releases/attack_report"), {"release_id": release_id, "fingerprint": fingerprint}).one_or_none()
    return None if found is None else _as_repaired(pl.DataFrame(found.report["hidden"], schema=HIDDEN, orient="row"))


def refuse_disclosed(settings: Settings, plan: Plan, attacked: Attacked) -> None:
    """Stop a release that tells counts.

    Raises:
        DisclosedError: it does, and the installation does not round by the letter of the rule.
    """
    if attacked.passed or settings.rounding == "nearest":
        return
    told = [*attacked.report["faults"], *attacked.report["findings"], *attacked.report["guessed"]]
    raise DisclosedError(
        f"{plan.content.release_id} would tell {attacked.disclosed} counts and is not published; the first: {told[0]}. Everything that was"
        f" found stands in the table attack_report; see the runbook ('The attack stops a release')"
    )


def _attacked(repaired: Repaired) -> Attacked:
    result, guesses, hidden = repaired.result, repaired.guesses, repaired.hidden
    assert guesses is not None
    report = {
        "faults": [f"{each.where} in {each.release_id}: {each.words}" for each in result.faults[:_KEPT]],
        "findings": [
            f"{_named(each)} is {each.low} to {each.high}{'' if each.settled else ', not proven'}:"
            f" {'; '.join(each.equations) or 'no short reason was looked for'}"
            for each in result.disclosed[:_KEPT]
        ],
        "guesses": [asdict(each) for each in guesses.kinds],
        "guessed": [f"{_named(each)} has a best guess that is right with a chance of {each.all:.2f}" for each in guesses.over[:_KEPT]],
        "found": {"disclosed": result.found, "guessed": repaired.guessed},
        "seconds": result.seconds,
        "solved": result.solved,
        "unpublished": result.unpublished,
        "blind": list(result.blind),
    }
    disclosed = len(result.disclosed) + len(result.faults) + len(guesses.over)
    return Attacked(result.cells, disclosed, hidden.height, result.seconds["total"], hidden, report)


def _named(found: Disclosure | Guess) -> str:
    return f"{found.content} of {found.region} in {found.period} ({found.kind} in {found.release_id})"


def _series(connection: Connection, law: str) -> tuple[list[_Release], dict[str, pl.DataFrame]]:
    """The public releases of a law as their readers have them, and the true counts that each was made of."""
    found, truths = [], {}
    for row in connection.execute(statement("releases/series"), {"law": law}).all():
        found.append(_public(connection, law, row))
        truths[row.release_id] = read_frame(connection, "releases/figures_of", _FIGURE, release_id=row.release_id)
    return found, truths


def _public(connection: Connection, law: str, row: Row[Any]) -> _Release:
    said = read_document(row.document)
    half_years = tuple(period.halves[0] for period in said.periods if not period.is_year)
    force = half_years_in_force(connection, law, HalfYear.parse(row.round), to_count=False, release=row.release_id)
    force = force.without([half for half in force.half_years if half not in half_years])
    cells = read_frame(connection, "releases/cells_of", CELLS, release_id=row.release_id)
    hidden = _by_region(repaired_cells(connection, law, up_to=row.release_id))
    return _Release(_release(row.release_id, cells, force, _people(law, row.document, said.periods), hidden, said.protections), half_years)


def _to_come(connection: Connection, plan: Plan, force: InForce, hidden: pl.DataFrame | None) -> _Release:
    content = plan.content
    half_years = tuple(period.halves[0] for period in content.periods if not period.is_year)
    cells = pl.concat(
        each.cells.select(pl.lit(each.table.table_id).alias("table_id"), *(name for name in CELLS if name != "table_id"))
        for each in content.tables
    )
    before = _by_region(repaired_cells(connection, content.law))
    every = before if hidden is None else pl.concat([before, hidden.select(HIDDEN.keys())])
    held = force.without([half for half in force.half_years if half not in half_years])
    protections = {each.table.table_id: each.protection for each in content.tables}
    return _Release(
        _release(content.release_id, cells, held, inhabitants_of(content.periods, ages_of(content.law)), every, protections), half_years
    )


def _release(
    release_id: str,
    cells: pl.DataFrame,
    force: InForce,
    people: pl.DataFrame,
    hidden: pl.DataFrame,
    protections: Mapping[str, Protection],
) -> PublicRelease:
    shown_periods = periods(force.half_years)
    stands = participation_by_period(shown_periods, force.participation)
    delivered = stands.filter(pl.col("participation") == Participation.DELIVERED).select("period", region=pl.format("GM{}", "municipality"))
    return PublicRelease(
        release_id,
        cells,
        people,
        repaired=hidden,
        delivered=delivered,
        estimates=estimates_again(force.law, cells, shown_periods, people, protections),
        successors={
            f"GM{code}": tuple(f"GM{other}" for other in others)
            for code, others in dissolved(force.half_years, shown_periods[-1].reference).items()
        },
    )


def estimates_again(
    law: str, cells: pl.DataFrame, law_periods: Sequence[Period], people: pl.DataFrame, protections: Mapping[str, Protection]
) -> pl.DataFrame | None:
    """What the method of the estimates gives for the shown municipal figures of a release; None where it has none.

    Args:
        law: The law.
        cells: `CELLS` of the release.
        law_periods: Its periods.
        people: `period`, `municipality`, `inhabitants`.
        protections: Table id -> how its counts were protected in this release: the bounds hang on it.
    """
    held = set(cells["table_id"])
    made = []
    for table in tables_of(law):
        if not table.estimates or table.table_id not in held:
            continue
        table_periods = [period for period in law_periods if period.is_of(table)]
        shown = _shown(law, cells, law_periods)
        found = table_cells(table, table_periods, shown, people, protections[table.table_id])
        made.append(found.select(pl.lit(table.table_id).alias("table_id"), "measure", "period", "group_code", "value"))
    return pl.concat(made) if made else None


def _shown(law: str, cells: pl.DataFrame, law_periods: Sequence[Period]) -> pl.DataFrame:
    """`period`, `region`, `content`, `shown` of the municipal counts of a release."""
    rows = []
    for table in tables_of(law):
        for group in table.groups(law_periods[-1].reference):
            rows += [(table.table_id, count.key, group.code, table.content(count, group).name) for count in table.counts]
    columns = pl.DataFrame(rows, schema=["table_id", "measure", "group_code", "content"], orient="row")
    found = cells.filter(pl.col("region").str.starts_with("GM")).join(columns, on=["table_id", "measure", "group_code"])
    return found.select("period", "region", "content", shown="value").unique(["period", "region", "content"])


def _people(law: str, document: Mapping[str, Any], law_periods: Sequence[Period]) -> pl.DataFrame:
    """The inhabitants that the rates of a public release are over, by the days that it names."""
    entries = {entry["period"]: entry for entry in (*document["half_years"], *document["years"])}

    def counted(period: Period, code: str) -> HalfYear:
        entry = entries[period.key]
        day = entry.get("inhabitants_other_dates", {}).get(f"GM{code}", entry["inhabitants_date"])
        return HalfYear(int(day[:4]), 1)

    return inhabitants_of(law_periods, ages_of(law), counted)


def _truth(truths: Mapping[str, pl.DataFrame]) -> Truth | None:
    """The true counts of every release; None when those of one are not there, as of a release that was written down again."""
    if any(each.is_empty() for each in truths.values()):
        return None
    counts = [
        frame.select(
            pl.lit(release_id).alias("release_id"), "content", "period", pl.format("GM{}", "municipality").alias("region"), "value"
        )
        for release_id, frame in truths.items()
    ]
    return Truth(pl.concat(counts))


def _delivered_only(figures: pl.DataFrame, release: PublicRelease) -> pl.DataFrame:
    """Without figures of who is not in the release, such as of somebody who withdrew after the count."""
    assert release.delivered is not None
    places = release.delivered.select("period", municipality=pl.col("region").str.strip_prefix("GM"))
    return figures.join(places, on=["period", "municipality"], how="semi")


def _method(law: str, half_years: Sequence[HalfYear], settings: Settings) -> Method:
    protections = {name: protection_of(table, settings) for table in tables_of(law) for half in half_years for name in table.contents(half)}
    years = {period.key: tuple(half.statline for half in period.halves) for period in periods(half_years) if period.is_year}
    return method_of(tables_of(law), half_years, protections, nested=nested_contents(law, half_years[-1]), years=years)


def _by_region(repaired: pl.DataFrame) -> pl.DataFrame:
    return repaired.with_columns(region=pl.format("GM{}", "municipality")).select(HIDDEN.keys())


def _as_repaired(hidden: pl.DataFrame) -> pl.DataFrame:
    return hidden.select("period", "content", municipality=pl.col("region").str.strip_prefix("GM"))
