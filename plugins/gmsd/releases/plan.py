"""What the next release would say: read from the warehouse, protected, and compared with the release in force. Nothing is written."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from gmsd.clock import AMSTERDAM
from gmsd.database import read_frame, statement
from gmsd.disclosure import Protection
from gmsd.errors import GmsdError
from gmsd.figures import half_years_in_force, inhabitants_of, participation_by_period, periods, statuses, true_figures
from gmsd.formats import PublishedTable, Publisher, ReleaseBefore, ReleaseContent, printed, to_csv
from gmsd.installation import check_key
from gmsd.reference import municipalities, name
from gmsd.releases.cells import CELL, SHOWN, SUPPRESSED, changes_between, shown_contents, table_cells
from gmsd.releases.files import NoReleaseError, read_document, to_json
from gmsd.releases.loss import information_loss
from gmsd.releases.recall import recalled
from gmsd.releases.repair import repaired_cells
from gmsd.releases.versions import versions_used
from gmsd.rounds import Participation
from gmsd.tables import ages_of, tables_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import Connection

    from gmsd.figures import InForce
    from gmsd.rounds import HalfYear
    from gmsd.settings import Settings
    from gmsd.tables import Table


class NothingToPublishError(GmsdError):
    """No half-year has been closed yet."""


class AlreadyPublishedError(GmsdError):
    """The release that a run was started for is public: there is nothing left to plan."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The release to come.

    Attributes:
        number: Its number.
        round: The round whose close decides what counts.
        content: What it would say.
        loss: Table id -> what protection takes from its figures (`information_loss`); for the engineer.
    """

    number: int
    round: HalfYear
    content: ReleaseContent
    loss: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """What is approved: the same for the same content, whatever the moment it is built at."""
        said = self.content
        facts = [said.release_id, said.law, said.synthetic, said.statuses, said.participation, said.deliveries, said.versions]
        facts += [] if said.targets is None else [said.targets]
        tables = [[each.table.table_id, each.protection.describe()] for each in said.tables]
        digest = hashlib.sha256(to_json([*facts, tables, said.previous, said.half_year_code, asdict(said.publisher)]))
        for each in said.tables:
            digest.update(to_csv(each.cells))
        digest.update(to_csv(said.explanations))
        return digest.hexdigest()

    def preview(self) -> dict[str, Any]:
        """What the engineer and the approver see: participation, cells new, changed and gone, and the explanations as they will be printed.

        Protected values and totals only; `explanations` holds `half_year`, `municipality`, `name` and `text` of each.
        """
        said = self.content
        main = said.tables[0]
        return {
            "release_id": said.release_id,
            "law": said.law,
            "round": str(self.round),
            "previous": said.previous,
            "synthetic": said.synthetic,
            "fingerprint": self.fingerprint,
            "rule": main.protection.describe(),
            "participation": {half_year: {"n": n, "of": of} for half_year, (n, of) in said.participation.items()},
            "tables": [
                {
                    "table": each.table.table_id,
                    "title": each.table.title,
                    "of": "municipalities" if "municipalities" in each.table.regions else "the country",
                    "periods": _by_period(each, said.statuses),
                    "gone_periods": [asdict(change) for change in each.changes if change.period not in said.statuses],
                    "loss": self.loss.get(each.table.table_id),
                }
                for each in said.tables
            ],
            "explanations": _as_printed(said.explanations),
        }


def _by_period(published: PublishedTable, statuses: dict[str, str]) -> list[dict[str, Any]]:
    """Of each period of a table: its cells new, changed and gone, its status, and how many of its counts are shown and hidden.

    Counts are those of municipalities, and those of the country in a table that has nothing else.
    """
    changes = {change.period: change for change in published.changes}
    first = published.table.measures[0].key
    theirs = pl.col("region").str.starts_with("GM") | pl.lit("municipalities" not in published.table.regions)
    counted = published.cells.filter((pl.col("measure") == first) & theirs).group_by("period", "reason").len()
    found = {(period, reason): number for period, reason, number in counted.iter_rows()}
    return [
        {
            **asdict(changes[period.key]),
            "status": statuses[period.key],
            "shown": found.get((period.key, SHOWN), 0),
            "suppressed": found.get((period.key, SUPPRESSED), 0),
        }
        for period in published.periods
    ]


def release_id(number: int) -> str:
    """`r0002`: derived from the number, never drawn."""
    return f"r{number:04d}"


def next_release_id(connection: Connection) -> str:
    """The id the next release will get: that of a proposal or refusal is used again, that of a published one never."""
    return release_id(int(connection.scalar(statement("releases/next_number")) or 1))


def plan_release(
    connection: Connection,
    settings: Settings,
    law: str,
    round_: HalfYear,
    at: dt.datetime,
    *,
    expected: str = "",
    hidden: pl.DataFrame | None = None,
    without: Collection[HalfYear] | None = None,
    targets: tuple[str, ...] | None = None,
) -> Plan:
    """Work out the next release of a law from the stored figures, and compare it with the one in force.

    Args:
        connection: With the publisher's rights; only read.
        settings: How to protect, the keys and the form of Swing's half-years.
        law: The law.
        round_: The round whose close decides what counts.
        at: The moment of the clock.
        expected: The release id that the run was started for; empty for whichever comes next.
        hidden: `period`, `municipality`, `content` of cells that the attack hides in it, beside those that stay missing anyway.
        without: The half-years that it does not show; None = those that are recalled.
        targets: Ids of the targets it is made for; None = all.

    Raises:
        AlreadyPublishedError: when the next release is not the expected one.
        KeyChanged: when a secret key is not the one noted at the first start.
        NotLoadedError: when a delivery that counts is not in the warehouse.
        NothingToPublishError: when no half-year has been closed up to the round, or the law has no table.
        FiguresMissingError: when figures of a municipality that counts were not computed.
    """
    force = half_years_in_force(connection, law, round_)
    if not force.half_years:
        raise NothingToPublishError(f"no half-year has been closed up to round {round_}")
    force = force.without(recalled(connection, law) if without is None else without)
    if not force.half_years:
        raise NothingToPublishError(f"every half-year of {law} is recalled: lift a recall first (`gmsd releases recall HALF_YEAR --lift`)")
    if not tables_of(law):
        raise NothingToPublishError(f"expectations/{law}/law.yaml names no table")
    number = int(connection.scalar(statement("releases/next_number")) or 1)
    if expected not in {"", release_id(number)}:
        raise AlreadyPublishedError(f"the next release is {release_id(number)}, not {expected}")
    check_key(settings, "rounding")
    check_key(settings, "reference")
    before = connection.scalar(statement("releases/in_force"), {"law": law})
    tables, loss = _published(connection, law, force, settings, before or "", hidden)
    if not tables:
        raise NothingToPublishError(f"no table of {law} has a period yet that round {round_} closes")
    content = ReleaseContent(
        release_id=release_id(number),
        created=at.astimezone(AMSTERDAM).replace(microsecond=0),
        synthetic=settings.synthetic,
        law=law,
        tables=tables,
        periods=periods(force.half_years),
        statuses=dict(statuses(force.half_years)),
        participation=participation_counted(force),
        explanations=explanations_of(connection, round_, force),
        deliveries=hashed_deliveries(force, settings.key("reference")),
        versions=versions_used(law, force.half_years, settings.home),
        before=release_before(connection, before),
        half_year_code=settings.swing_half_year_period,
        publisher=publisher_of(settings),
        gone=gone_tables(connection, law, tables, before or ""),
        targets=targets,
    )
    return Plan(number, round_, content, loss)


def release_before(connection: Connection, release_id: str | None) -> ReleaseBefore | None:
    """A release as the next one is compared with it; None of none.

    Raises:
        NoReleaseError: the database does not know it.
    """
    if release_id is None:
        return None
    found = connection.execute(statement("releases/get"), {"release_id": release_id}).one_or_none()
    if found is None:
        raise NoReleaseError(f"no release {release_id}")
    return read_document(found.document)


def publisher_of(settings: Settings) -> Publisher:
    """Who publishes, as the installation sets it."""
    return Publisher(
        name=settings.publisher_name,
        agency=settings.publisher_agency,
        contact=settings.publisher_contact,
        identifiers=settings.publisher_identifiers,
        licence=settings.publisher_licence,
    )


def protection_of(table: Table, settings: Settings) -> Protection:
    """How the counts of a table are protected: by the numbers of its definition, in the way that the installation sets."""
    return Protection(
        rounding=settings.rounding,
        threshold="secret" if settings.secret_threshold else "fixed",
        base=table.base,
        smallest_shown=table.smallest_shown,
        first_shown=table.first_shown,
    )


def _published(
    connection: Connection, law: str, force: InForce, settings: Settings, before: str, hidden: pl.DataFrame | None
) -> tuple[tuple[PublishedTable, ...], dict[str, dict[str, Any]]]:
    """The tables, and what protection takes from each."""
    protections = {table.table_id: protection_of(table, settings) for table in tables_of(law)}
    figures = true_figures(connection, law, periods(force.half_years))
    repaired = repaired_cells(connection, law).select("period", "municipality", "content")
    if hidden is not None:
        repaired = pl.concat([repaired, hidden.select(repaired.columns)])
    tables = published_tables(connection, force, figures, protections, settings.key("rounding"), repaired=repaired, before=before)
    loss = {
        each.table.table_id: information_loss(
            each.table, each.cells, figures, base=each.protection.base, first_shown=each.protection.first_shown
        )
        for each in tables
        if each.table.counts
    }
    return tables, loss


def published_tables(
    connection: Connection,
    force: InForce,
    figures: pl.DataFrame,
    protections: Mapping[str, Protection],
    key: bytes,
    *,
    repaired: pl.DataFrame,
    before: str,
) -> tuple[PublishedTable, ...]:
    """The tables of a law as a release shows them; one that has no period yet is left out, as one of years in the first half-year.

    Args:
        connection: Reads the ledger.
        force: What counts of the law.
        figures: `period`, `municipality`, `content`, `value`: true counts.
        protections: Table id -> how its counts are protected.
        key: The rounding key.
        repaired: Cells that stay missing (`repaired_cells`).
        before: The release to compare with; empty for none.
    """
    law_periods = periods(force.half_years)
    people = inhabitants_of(law_periods, ages_of(force.law))
    stands = participation_by_period(law_periods, force.participation)
    shown = shown_contents(force.law, figures, stands, people, protections, key, law_periods=law_periods, repaired=repaired)
    made = []
    for table in tables_of(force.law):
        table_periods = tuple(period for period in law_periods if period.is_of(table))
        if table_periods:
            cells = table_cells(table, table_periods, shown, people, protections[table.table_id])
            earlier = read_frame(connection, "releases/cells", CELL, release_id=before, table_id=table.table_id)
            made.append(PublishedTable(table, table_periods, protections[table.table_id], cells, changes_between(earlier, cells), earlier))
    return tuple(made)


def gone_tables(connection: Connection, law: str, tables: Sequence[PublishedTable], before: str) -> tuple[tuple[Table, pl.DataFrame], ...]:
    """Tables that the release before had and this one has not, as one of years after a recall of a half-year, with their cells (`CELL`)."""
    here = {each.table.table_id for each in tables}
    earlier = [
        (table, read_frame(connection, "releases/cells", CELL, release_id=before, table_id=table.table_id))
        for table in tables_of(law)
        if table.table_id not in here
    ]
    return tuple((table, cells) for table, cells in earlier if cells.height)


def participation_counted(force: InForce) -> dict[str, tuple[int, int]]:
    """Half-year -> (how many municipalities are in it, how many there are)."""
    existing = {half_year: municipalities(half_year) for half_year in force.half_years}
    return {
        str(half_year): (sum(force.participation[str(half_year)].get(code) is Participation.DELIVERED for code in codes), len(codes))
        for half_year, codes in existing.items()
    }


def explanations_of(connection: Connection, round_: HalfYear, force: InForce, *, release: str = "") -> pl.DataFrame:
    """Explanations of what is in a release to come, or in one that was built: what was withdrawn has nothing to explain."""
    schema: dict[str, pl.DataType | type[pl.DataType]] = dict.fromkeys(("half_year", "municipality", "text"), pl.String)
    found = read_frame(connection, "releases/explanations", schema, law=force.law, round=str(round_), release=release)
    held = pl.DataFrame([row[:2] for row in force.deliveries], schema=["half_year", "municipality"], orient="row", schema_overrides=schema)
    return found.join(held, on=["half_year", "municipality"], how="semi").sort("half_year", "municipality")


def _as_printed(explanations: pl.DataFrame) -> list[dict[str, str]]:
    return [
        {"half_year": half_year, "municipality": code, "name": name(code), "text": printed(text)}
        for half_year, code, text in explanations.select("half_year", "municipality", "text").sort("half_year", "municipality").iter_rows()
    ]


def explanations_now(connection: Connection, law: str, round_: HalfYear) -> list[dict[str, str]]:
    """The explanations that a release of the round prints, as the preview gives them; of a round of the past too, loaded or not."""
    return _as_printed(explanations_of(connection, round_, half_years_in_force(connection, law, round_, to_count=False)))


def hashed_deliveries(force: InForce, key: bytes) -> tuple[str, ...]:
    """Keyed hashes of the delivery ids, sorted, so that neither value nor place tells whose they are."""
    return tuple(sorted(hmac.new(key, delivery.encode(), hashlib.sha256).hexdigest() for _, _, delivery in force.deliveries))
