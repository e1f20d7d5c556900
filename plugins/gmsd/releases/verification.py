"""Building a public release again from its frozen inputs, byte for byte: what counted then, not what the warehouse holds now."""

from __future__ import annotations

import datetime as dt
import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from gmsd.clock import AMSTERDAM
from gmsd.counting import Arranged, allocation_filled, half_year_arrangements, year_arrangements
from gmsd.deliveries import get
from gmsd.disclosure import Protection
from gmsd.figures import count, half_years_in_force, participation_by_period, periods, statuses
from gmsd.formats import Publisher, ReleaseContent
from gmsd.intake import StagingLost
from gmsd.protocol import law_of
from gmsd.releases.files import DOCUMENT, bundle, to_json
from gmsd.releases.files import document as said_of
from gmsd.releases.plan import explanations_of, gone_tables, hashed_deliveries, participation_counted, published_tables, release_before
from gmsd.releases.recovery import read_public
from gmsd.releases.repair import repaired_cells
from gmsd.releases.versions import code_version
from gmsd.rounds import WMO, HalfYear
from gmsd.tables import contents_of, tables_of
from gmsd.warehouse import records_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Connection

    from gmsd.figures import InForce, Period
    from gmsd.journal import Context

_READERS = 4


@dataclass(frozen=True, slots=True)
class Verified:
    """What came of building a release again.

    Attributes:
        release_id: The release.
        files: How many files were compared.
        differing: Those that came out otherwise.
        gone: Deliveries whose records are no longer there, such as those of a withdrawal after the release: without them nothing is built.
        built_by: The version of the code that made it.
        verified_by: The version of the code that built it again.
    """

    release_id: str
    files: int
    differing: tuple[str, ...]
    gone: tuple[str, ...]
    built_by: str
    verified_by: str

    @property
    def is_equal(self) -> bool:
        """Whether every file came out byte for byte."""
        return not self.differing and not self.gone


def verify_release(
    context: Context, connection: Connection, release_id: str, progress: Callable[[int, int], None] | None = None
) -> Verified:
    """Build a public release again and compare it with what is public.

    Frozen are: which delivery of whom counted (the close), its records as staged (or made again from its raw file), the moment, the way of
    protection, repairs and versions that the release itself names. The keys are those of the installation.

    Args:
        context: The doors.
        connection: With the publisher's rights; only read.
        release_id: Such as `r0002`.
        progress: Called with (deliveries read, in all).

    Raises:
        NoReleaseError: there is no such release.
        ReleaseDamagedError: what is public is not what its own hashes say.
    """
    document, account = read_public(context.store, context.settings, release_id)
    law, round_ = account.get("law", WMO), HalfYear.parse(account["round"])
    everything = half_years_in_force(connection, law, round_, to_count=False, release=release_id)
    shown = {HalfYear.parse(each["half_year"]) for each in document["half_years"]}
    force = everything.without([half for half in everything.half_years if half not in shown])
    code = code_version(context.settings.home)
    records, gone = _records(context, connection, everything, progress)
    if gone:
        return Verified(release_id, 0, (), gone, document["versions"]["code"], code)
    content = _content(context, connection, document, force, round_, _figures(records, force))
    built = bundle(content, document["account"])
    hashes = {path: hashlib.sha256(built[path]).hexdigest() if path in built else "not built" for path in document["files"]}
    differing = [path for path, found in hashes.items() if found != document["files"][path]]
    if to_json(said_of(content, document["account"], hashes)) != to_json(document):
        differing.append(DOCUMENT)
    return Verified(release_id, len(hashes) + 1, tuple(sorted(differing)), (), document["versions"]["code"], code)


def _records(
    context: Context, connection: Connection, everything: InForce, progress: Callable[[int, int], None] | None
) -> tuple[dict[tuple[str, str], pl.DataFrame], tuple[str, ...]]:
    """The records of each (half-year, municipality) as they were sent, and the deliveries that have none any more."""
    found: dict[tuple[str, str], pl.DataFrame] = {}
    gone = []
    deliveries = [(half, code, get(connection, delivery_id)) for half, code, delivery_id in everything.deliveries]
    with ThreadPoolExecutor(_READERS) as pool:
        waiting = [(half, code, delivery, pool.submit(records_of, context, delivery)) for half, code, delivery in deliveries]
        for done, (half, code, delivery, reading) in enumerate(waiting, start=1):
            try:
                frame = reading.result()  # of several providers each has a delivery
                found[half, code] = pl.concat([found[half, code], frame]) if (half, code) in found else frame
            except StagingLost:
                gone.append(delivery.delivery_id)
            if progress is not None:
                progress(done, len(waiting))
    return found, tuple(gone)


def _figures(records: Mapping[tuple[str, str], pl.DataFrame], force: InForce) -> pl.DataFrame:
    """True figures of every period, of the records alone."""
    counting = law_of(force.law).counting
    filled = {place: counting == "arrangements" and allocation_filled(frame) for place, frame in records.items()}

    def arranged(place: tuple[str, str]) -> Arranged:
        half, code = HalfYear.parse(place[0]), place[1]
        return half_year_arrangements(
            records[place], half, other_filled=lambda: filled.get((str(half.other), code), True), counting=counting
        )

    with ThreadPoolExecutor(_READERS) as pool:
        found = dict(zip(records, pool.map(arranged, records), strict=True))
    law_periods = periods(force.half_years)
    participation = participation_by_period(law_periods, force.participation)
    counted = [
        count(_arrangements(found, period, counting), period, participation, contents_of(force.law, period.reference)).figures
        for period in law_periods
    ]
    return pl.concat(counted)


def _arrangements(found: Mapping[tuple[str, str], Arranged], period: Period, counting: str) -> pl.DataFrame:
    halves = [str(half) for half in period.halves]
    here = {(half, code): each for (half, code), each in found.items() if half in halves}
    if not period.is_year:
        return pl.concat(each.joined.with_columns(municipality=pl.lit(code)) for (_half, code), each in here.items())
    numbered = frozenset(
        code for code in {code for _half, code in here} if all((half, code) in here and here[half, code].filled for half in halves)
    )
    used = [
        each.used.with_columns(municipality=pl.lit(code), half=pl.lit(HalfYear.parse(half).half, pl.Int8))
        for (half, code), each in here.items()
    ]
    return year_arrangements(pl.concat(used), numbered, counting)


def _content(
    context: Context, connection: Connection, document: dict[str, Any], force: InForce, round_: HalfYear, figures: pl.DataFrame
) -> ReleaseContent:
    settings = context.settings
    rules = document.get("rules", {})
    tables = published_tables(
        connection,
        force,
        figures,
        {table.table_id: Protection.of(rules.get(table.table_id, document["rule"])) for table in tables_of(force.law)},
        settings.key("rounding"),
        repaired=repaired_cells(connection, force.law, up_to=document["id"]),
        before=document["previous"] or "",
    )
    return ReleaseContent(
        release_id=document["id"],
        created=dt.datetime.fromisoformat(document["created"]).astimezone(AMSTERDAM),
        synthetic=document["synthetic"],
        law=force.law,
        tables=tuple(each for each in tables if each.table.table_id in document["tables"]),
        periods=periods(force.half_years),
        statuses=dict(statuses(force.half_years)),
        participation=participation_counted(force),
        explanations=explanations_of(connection, round_, force, release=document["id"]),
        deliveries=hashed_deliveries(force, settings.key("reference")),
        versions=document["versions"],
        before=release_before(connection, document["previous"]),
        half_year_code=settings.swing_half_year_period,
        publisher=Publisher(**document.get("publisher", {})),
        gone=gone_tables(connection, force.law, tables, document["previous"] or ""),
        targets=tuple(document["targets"]) if "targets" in document else None,
    )
