"""Taking an archive in: every line of its manifest ends as a checked delivery, or is left out for a reason that is told."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from gmsd.archive.manifest import ManifestFaulty
from gmsd.database import statement
from gmsd.deliveries import archived_before, check_result, get, take_in
from gmsd.errors import GmsdError
from gmsd.intake import check_delivery
from gmsd.rounds import partition

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Connection

    from gmsd.archive.manifest import ArchiveManifest, ManifestLine
    from gmsd.journal import Context

_REFUSED = frozenset({"rejected", "unreadable"})
_GONE = "withdrawn"


class ArchiveRefused(GmsdError):
    """An archive changed while it was taken in; what was taken in until then stays."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A line of the manifest whose delivery is not what the archive says."""

    line: int
    delivery_id: str
    what: str


@dataclass(frozen=True, slots=True)
class Imported:
    """Where the lines of a manifest went: lines = withheld + new + before, and new + before = counting + replaced + refused + gone.

    Attributes:
        lines: Of the manifest, without the header.
        withheld: Left out, because the municipality withheld its consent; nothing of them is kept.
        new: Deliveries made this time.
        before: Deliveries made by an earlier import.
        counting: Deliveries that were accepted and are the newest of their place and round, or went further since.
        replaced: Accepted, and replaced by a later one.
        refused: Refused by the rules of their half-year.
        gone: Withdrawn since.
        records: Of the accepted deliveries together.
        half_years: Half-year, as a partition -> deliveries, refused ones too.
        troubles: What a person has to look at.
    """

    lines: int
    withheld: int
    new: int
    before: int
    counting: int
    replaced: int
    refused: int
    gone: int
    records: int
    half_years: Mapping[str, int]
    troubles: tuple[Trouble, ...]

    def __post_init__(self) -> None:
        taken = self.new + self.before
        ends = self.counting + self.replaced + self.refused + self.gone
        if self.lines != self.withheld + taken or taken != ends or sum(self.half_years.values()) != taken:
            raise ValueError(f"the lines of the manifest do not add up: {asdict(self)}")

    def to_json(self) -> dict[str, Any]:
        """The account as plain values."""
        return asdict(self)


def import_archive(
    context: Context, manifest: ArchiveManifest, *, actor: str, progress: Callable[[int, int], None] | None = None
) -> Imported:
    """Make deliveries of the files of an archive and check each, one after the other in order of receipt; nobody is mailed.

    Every file is two transactions, its receipt and its check. A kill leaves whole ones, and doing it again takes in the rest: a file that
    was taken in before is known by place, round, name and hash.

    Args:
        context: The doors.
        manifest: What is to be taken in.
        actor: Who does it, for the audit trail.
        progress: Called with (lines done, in all) after each.

    Raises:
        ManifestFaulty: a round has been closed for a half-year, and a file for it is new; nothing was taken in.
        ArchiveRefused: a file is not any more what it was when the manifest was read.
    """
    with context.engine.connect() as connection:
        known = archived_before(connection)
        _refuse_closed(connection, manifest, known)
    went: Counter[str] = Counter()
    half_years: Counter[str] = Counter()
    records, troubles = 0, []
    for done, line in enumerate(manifest.lines, start=1):
        if not line.consent:
            went["withheld"] += 1
        else:
            went["before" if line.archived.name in known else "new"] += 1
            half_years[partition(line.archived.place.law, line.archived.place.half_year)] += 1
            delivery_id = known.get(line.archived.name) or _taken(context, line, actor)
            check_delivery(context, delivery_id)
            known[line.archived.name] = delivery_id
        if progress:
            progress(done, len(manifest.lines))
    with context.engine.connect() as connection:
        for line in manifest.lines:
            if line.consent:
                end, held, trouble = _end(connection, line, known[line.archived.name])
                went[end] += 1
                records += held
                troubles += trouble
    names = ("withheld", "new", "before", "counting", "replaced", "refused", "gone")
    counts = {name: went[name] for name in names}
    return Imported(len(manifest.lines), **counts, records=records, half_years=dict(sorted(half_years.items())), troubles=tuple(troubles))


def _refuse_closed(connection: Connection, manifest: ArchiveManifest, known: Mapping[tuple[str, str], str]) -> None:
    closed = {(row.law, row.round, row.half_year) for row in connection.execute(statement("deliveries/closed_rounds"))}
    late = []
    for line in manifest.lines:
        place, round_ = line.archived.place, line.archived.round
        if line.consent and line.archived.name not in known and (place.law, str(round_), str(place.half_year)) in closed:
            late.append((line.number, f"round {partition(place.law, round_)} has been closed for {place.half_year}"))
    if late:
        raise ManifestFaulty(late)


def _taken(context: Context, line: ManifestLine, actor: str) -> str:
    try:
        return take_in(context, line.archived, line.path.read_bytes(), actor=actor)
    except (ValueError, OSError):
        raise ArchiveRefused(f"line {line.number}: its file was changed while the archive was taken in; import it again") from None


def _end(connection: Connection, line: ManifestLine, delivery_id: str) -> tuple[str, int, list[Trouble]]:
    """Where a delivery stands, how many records it holds, and what is the matter with it."""
    delivery = get(connection, delivery_id)
    if delivery.state == _GONE or delivery.deleted_at is not None:
        return "gone", 0, []
    if delivery.state in _REFUSED:
        return "refused", 0, [Trouble(line.number, delivery_id, f"{delivery.state} by the rules of its half-year: {delivery.shown_reason}")]
    stored = check_result(connection, delivery_id)
    held = int(stored[0]["records"]) if stored else 0
    differing = f"holds {held} records, the manifest says {line.records}"
    troubles = [] if held == line.records else [Trouble(line.number, delivery_id, differing)]
    return "replaced" if delivery.state == "superseded" else "counting", held, troubles
