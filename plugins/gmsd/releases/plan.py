"""What the next release would say: read from the warehouse, protected, and compared with the release in force. Nothing is written."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from gmsd.clock import AMSTERDAM
from gmsd.database import read_frame, statement
from gmsd.disclosure import Rule, protect
from gmsd.figures import DELIVERED, WMO_CLIENTS, cells, half_years_in_force, inhabitants_of, periods, standing, statuses, true_figures
from gmsd.installation import check_key
from gmsd.reference import groups, municipalities, name
from gmsd.releases.bundle import to_json
from gmsd.releases.changes import changes
from gmsd.releases.content import Content
from gmsd.releases.explanations import printed
from gmsd.releases.tabular import to_csv
from gmsd.releases.versions import versions

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy import Connection

    from gmsd.figures import InForce, Period
    from gmsd.rounds import HalfYear
    from gmsd.settings import Settings

CELL: dict[str, pl.DataType | type[pl.DataType]] = {
    "period": pl.String, "region": pl.String, "group_code": pl.String, "shown": pl.Int64, "rate": pl.Int64, "reason": pl.String,
}  # fmt: skip
SHOWN = "shown"


class NothingToPublishError(Exception):
    """No half-year has been closed yet."""


class AlreadyPublishedError(Exception):
    """The release that a run was started for is public: there is nothing left to plan."""


class FiguresMissingError(Exception):
    """Some municipality that counts has no figures in the warehouse: compute them first."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The release to come.

    Attributes:
        number: Its number.
        round: The round whose close decides what counts.
        content: What it would say.
    """

    number: int
    round: HalfYear
    content: Content

    @property
    def fingerprint(self) -> str:
        """What is approved: the same for the same content, whatever the moment it is built at."""
        said = self.content
        facts = [said.release_id, said.synthetic, said.statuses, said.participation, said.rule.describe(), said.deliveries, said.versions]
        digest = hashlib.sha256(to_json([*facts, said.previous, said.half_year_code]))
        digest.update(to_csv(said.cells))
        digest.update(to_csv(said.explanations))
        return digest.hexdigest()

    def preview(self) -> dict[str, Any]:
        """What the engineer and the approver see: participation, cells new, changed and gone, and the explanations as they will be printed.

        Protected values and totals only; `explanations` holds `half_year`, `municipality`, `name` and `text` of each.
        """
        said = self.content
        by_period = {change.period: change for change in said.changes}
        municipal = said.cells.filter(pl.col("region").str.starts_with("GM"))
        return {
            "release_id": said.release_id,
            "round": str(self.round),
            "previous": said.previous,
            "synthetic": said.synthetic,
            "fingerprint": self.fingerprint,
            "rule": said.rule.describe(),
            "participation": {half_year: {"n": n, "of": of} for half_year, (n, of) in said.participation.items()},
            "periods": [
                {
                    **asdict(by_period[period.key]),
                    "status": said.statuses[period.key],
                    "shown": municipal.filter((pl.col("period") == period.key) & (pl.col("reason") == SHOWN)).height,
                    "suppressed": municipal.filter((pl.col("period") == period.key) & (pl.col("reason") == "suppressed")).height,
                }
                for period in said.periods
            ],
            "gone_periods": [asdict(change) for change in said.changes if change.period not in said.statuses],
            "explanations": _as_printed(said.explanations),
        }


def release_id(number: int) -> str:
    """`r0002`: derived from the number, never drawn."""
    return f"r{number:04d}"


def next_release_id(connection: Connection) -> str:
    """The id the next release will get: that of a proposal or refusal is used again, that of a published one never."""
    return release_id(int(connection.scalar(statement("releases/next_number")) or 1))


def plan_release(connection: Connection, settings: Settings, round_: HalfYear, at: dt.datetime, *, expected: str = "") -> Plan:
    """Work out the next release from the stored figures, and compare it with the release in force.

    Args:
        connection: With the publisher's rights; only read.
        settings: The rule, the keys and the form of Swing's half-years.
        round_: The round whose close decides what counts.
        at: The moment of the clock.
        expected: The release id that the run was started for; empty for whichever comes next.

    Raises:
        AlreadyPublishedError: when the next release is not the expected one.
        KeyChanged: when a secret key is not the one noted at the first start.
        NotLoadedError: when a delivery that counts is not in the warehouse.
        NothingToPublishError: when no half-year has been closed up to the round.
        FiguresMissingError: when figures of a municipality that counts were not computed.
    """
    force = half_years_in_force(connection, round_)
    if not force.half_years:
        raise NothingToPublishError(f"no half-year has been closed up to round {round_}")
    number = int(connection.scalar(statement("releases/next_number")) or 1)
    if expected not in {"", release_id(number)}:
        raise AlreadyPublishedError(f"the next release is {release_id(number)}, not {expected}")
    check_key(settings, "rounding")
    check_key(settings, "reference")
    before = connection.scalar(statement("releases/in_force"))
    table_periods = periods(force.half_years)
    rule = Rule(rounding=settings.rounding, threshold="secret" if settings.secret_threshold else "fixed")
    protected = _protected(connection, table_periods, force, rule, settings.key("rounding"))
    earlier = read_frame(connection, "releases/cells", CELL, release_id=before or "", table_id=WMO_CLIENTS.table_id)
    content = Content(
        release_id=release_id(number),
        created=at.astimezone(AMSTERDAM).replace(microsecond=0),
        synthetic=settings.synthetic,
        table=WMO_CLIENTS,
        periods=table_periods,
        statuses=dict(statuses(force.half_years)),
        cells=protected,
        participation={str(half): _participation(force, half) for half in force.half_years},
        explanations=_explanations(connection, round_, force),
        rule=rule,
        deliveries=_hashed(force, settings.key("reference")),
        versions=versions(force.half_years, settings.home),
        previous=before,
        changes=changes(earlier, protected),
        half_year_code=settings.swing_half_year_period,
    )
    return Plan(number, round_, content)


def _protected(connection: Connection, table_periods: tuple[Period, ...], force: InForce, rule: Rule, key: bytes) -> pl.DataFrame:
    stands = standing(table_periods, force.participation)
    group_codes = [group.code for group in groups(table_periods[-1].reference)]
    grid = cells(true_figures(connection, WMO_CLIENTS, table_periods), stands, group_codes)
    missing = grid.filter(pl.col("clients").is_null() & pl.col("reason").is_null())
    if missing.height:
        first = missing.row(0, named=True)
        raise FiguresMissingError(f"{missing.height} figures were not computed, such as {first['period']} of {first['municipality']}")
    protected = protect(grid, inhabitants_of(table_periods), rule, key, nested=WMO_CLIENTS.nested)
    return protected.with_columns(pl.col("reason").fill_null(SHOWN)).select(list(CELL))


def _participation(force: InForce, half_year: HalfYear) -> tuple[int, int]:
    existing = municipalities(half_year)
    taken = force.participation[str(half_year)]
    return sum(taken.get(code) == DELIVERED for code in existing), len(existing)


def _explanations(connection: Connection, round_: HalfYear, force: InForce) -> pl.DataFrame:
    """Explanations of what is in the release: one of a delivery that was withdrawn has nothing to explain."""
    schema: dict[str, pl.DataType | type[pl.DataType]] = dict.fromkeys(("half_year", "municipality", "text"), pl.String)
    found = read_frame(connection, "releases/explanations", schema, round=str(round_))
    held = pl.DataFrame([row[:2] for row in force.deliveries], schema=["half_year", "municipality"], orient="row", schema_overrides=schema)
    return found.join(held, on=["half_year", "municipality"], how="semi").sort("half_year", "municipality")


def _as_printed(explanations: pl.DataFrame) -> list[dict[str, str]]:
    return [
        {"half_year": half_year, "municipality": code, "name": name(code), "text": printed(text)}
        for half_year, code, text in explanations.select("half_year", "municipality", "text").sort("half_year", "municipality").iter_rows()
    ]


def explanations_now(connection: Connection, round_: HalfYear) -> list[dict[str, str]]:
    """The explanations that a release of the round prints, as the preview gives them; of a round of the past too, loaded or not."""
    return _as_printed(_explanations(connection, round_, half_years_in_force(connection, round_, to_count=False)))


def _hashed(force: InForce, key: bytes) -> tuple[str, ...]:
    """Keyed hashes of the delivery ids, sorted, so that neither value nor place tells whose they are."""
    return tuple(sorted(hmac.new(key, delivery.encode(), hashlib.sha256).hexdigest() for _, _, delivery in force.deliveries))
