"""Where a published cell comes from: deliveries, rules, mapping, code; and for who may see it the true count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gmsd.database import statement
from gmsd.disclosure import NATION
from gmsd.errors import GmsdError
from gmsd.figures import Period, periods
from gmsd.releases.files import NoReleaseError
from gmsd.rounds import HalfYear
from gmsd.tables import table_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from gmsd.tables import Group, Table


class NoCellError(GmsdError):
    """The release has no such cell; the message says what there is."""


@dataclass(frozen=True, slots=True)
class Trace:
    """From a cell to its inputs.

    Attributes:
        release_id: The release.
        table: The table's id.
        region: Such as GM0518.
        period: StatLine's key.
        group: The key of the group.
        values: For each measure `measure`, `value` (None = missing) and `reason` (shown, or why not).
        content: The names of what was counted.
        deliveries: For each half-year of the period and, of the country, each municipality: `half_year`, `municipality`, `status`,
            `delivery_id`, `sha256` and where its rows went.
        versions: Code, counting, protection; protocol and mapping of each half-year.
        protection: How the table's counts were protected.
        repaired_since: The release since which the cell stays missing, where the attack found it out.
        true_values: content -> the count as it is in the warehouse now; None where it was not asked for.
    """

    release_id: str
    table: str
    region: str
    period: str
    group: str
    values: tuple[dict[str, Any], ...]
    content: tuple[str, ...]
    deliveries: tuple[dict[str, Any], ...]
    versions: dict[str, Any]
    protection: dict[str, Any]
    repaired_since: str | None
    true_values: dict[str, int | None] | None = None


def trace_cell(
    connection: Connection,
    table_id: str,
    region: str,
    period: str,
    group: str | None = None,
    *,
    release_id: str | None = None,
    true_values: bool = False,
) -> Trace:
    """Trace a cell back to what it was made of.

    Args:
        connection: With the publisher's rights; true counts are read with the rights of this connection, and no others.
        table_id: The table.
        region: `GM0518`, `0518` or `NL01`.
        period: `2019HJ02`, `2019-H2`, `2019JJ00` or `2019`.
        group: The key of the group; None = the first, which is the total.
        release_id: The release; None = the one in force.
        true_values: Whether to give the true counts.

    Raises:
        NoTableError: there is no such table.
        NoReleaseError: there is no such release, or none in force.
        NoCellError: the release has no such cell.
    """
    table = table_of(table_id)
    wanted = _release(connection, table.law, release_id)
    place = region if not region.isdigit() else f"GM{region}"
    time = _period(wanted.half_years, period)
    code = group or table.groups(time.reference)[0].code
    asked = {"release_id": wanted.release_id, "table_id": table_id, "period": time.key, "region": place, "group_code": code}
    values = tuple(dict(row) for row in connection.execute(statement("releases/cell"), asked).mappings())
    if not values:
        known = ", ".join(each.code for each in table.groups(time.reference))
        raise NoCellError(f"{wanted.release_id} has no cell {table_id} {place} {time.key} {code}; groups are {known}")
    contents = _contents(table, time, code)
    halves = {str(half) for half in time.halves}
    inputs = connection.execute(statement("releases/inputs"), {"law": table.law, "round": wanted.round}).mappings()
    used = [dict(row) for row in inputs if row["half_year"] in halves and place in {NATION, f"GM{row['municipality']}"}]
    about = {"law": table.law, "period": time.key, "municipality": place.removeprefix("GM"), "contents": contents}
    since = connection.scalar(statement("releases/repaired_since"), about)
    document = wanted.document
    return Trace(
        wanted.release_id,
        table_id,
        place,
        time.key,
        code,
        values,
        tuple(contents),
        tuple(used),
        document["versions"],
        document.get("rules", {}).get(table_id, document["rule"]),
        since,
        _true_values(connection, about) if true_values else None,
    )


def _true_values(connection: Connection, about: Mapping[str, Any]) -> dict[str, int | None]:
    found = {row.content: row.value for row in connection.execute(statement("figures/one"), about)}
    return {name: found.get(name) for name in about["contents"]}


def _release(connection: Connection, law: str, release_id: str | None) -> Any:
    found = release_id or connection.scalar(statement("releases/in_force"), {"law": law})
    release = found and connection.execute(statement("releases/get"), {"release_id": found}).one_or_none()
    if not release:
        raise NoReleaseError(f"no release {release_id}" if release_id else f"no release of {law} is in force")
    return release


def _period(half_years: Sequence[str], text: str) -> Period:
    known = periods(HalfYear.parse(each) for each in half_years)
    for each in known:
        names = {each.key, str(each.year) if each.is_year else str(each.halves[0])}
        if text in names:
            return each
    raise NoCellError(f"the release has no period {text}; it has {', '.join(each.key for each in known)}")


def _contents(table: Table, period: Period, code: str) -> list[str]:
    groups: dict[str, Group] = {group.code: group for group in table.groups(period.reference)}
    return sorted({table.content(measure, groups[code]).name for measure in (*table.counts, *table.estimates)})
