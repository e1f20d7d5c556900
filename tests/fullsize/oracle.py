"""Every count by plain Python over the delivered files, and every published figure held against it; nothing is taken from the pipeline."""

from __future__ import annotations

import csv
import io
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import TYPE_CHECKING

from tests.fullsize.country import H1, H2
from tests.support import slow_contents, slow_count

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from gmsd.tables import Table
    from tests.fullsize.country import Held, Sent

Counts = dict[tuple[str, str, str], int]
"""(period, municipality, content) -> count."""


def count_municipality(sent: tuple[Sent, ...]) -> tuple[int, dict[str, dict[str, int]]]:
    """How many lines the files of a municipality have, and period -> content -> count."""
    halves = {each.half_year.half: [slow_contents.Line.of(line) for line in slow_count.lines_of(each.data())] for each in sent}
    return sum(len(lines) for lines in halves.values()), slow_contents.everything(halves, H1.year)


@dataclass
class Oracle:
    """Counts one municipality at a time; of one that sent nothing new since, the counts of before are given.

    Attributes:
        processes: In how many processes of its own; 0: in this one.
        lines: How many lines were read.
    """

    processes: int = 2
    lines: int = 0
    _known: dict[tuple[Sent, ...], dict[str, dict[str, int]]] = field(default_factory=dict)

    def count(self, held: Mapping[str, Held]) -> Counts:
        """Every content of every municipality and period."""
        wanted = {code: tuple(files[half] for half in (H1, H2) if half in files) for code, files in held.items()}
        unknown = [files for files in wanted.values() if files not in self._known]
        for files, (lines, found) in zip(unknown, self._each(unknown), strict=True):
            self._known[files] = found
            self.lines += lines
        kept = set(wanted.values())
        self._known = {files: found for files, found in self._known.items() if files in kept}
        return {
            (period, code, content): value
            for code, files in wanted.items()
            for period, found in self._known[files].items()
            for content, value in found.items()
        }

    def _each(self, wanted: list[tuple[Sent, ...]]) -> Iterator[tuple[int, dict[str, dict[str, int]]]]:
        if not self.processes or not wanted:
            yield from map(count_municipality, wanted)
            return
        with ProcessPoolExecutor(self.processes, mp_context=get_context("spawn")) as pool:
            yield from pool.map(count_municipality, wanted)


@dataclass
class Judged:
    """What came of holding the counts of a release against the oracle's.

    Attributes:
        shown: Municipal counts that are shown.
        missing: Those that are not, of municipalities that were counted.
        national: National counts that are shown.
        hidden: Missing counts that the gate hid, whatever they are.
        wrong: What is not within the protection, in words without a value.
    """

    shown: int = 0
    missing: int = 0
    national: int = 0
    hidden: int = 0
    wrong: list[str] = field(default_factory=list)


def hold(data: bytes, table: Table, true: Counts, hidden: Collection[tuple[str, str, str]], into: Judged) -> None:
    """Hold the cube of a table against the true counts.

    A shown count is a multiple of the base, less than the base away from the true one, never below the smallest that is shown, and of a
    count that may be shown. A missing one is of a count that a secret threshold may hide, stands beside a missing whole, or was hidden
    by the gate (`hidden`: period, municipality, content). The country is the sum of what is shown.
    """
    keys = {kind: table.dimension(kind).key for kind in ("groups", "regions", "periods")}
    groups = {group.code: group for group in table.groups(H2)}
    wholes = {each.part: each.whole for each in table.nested}
    shown: dict[tuple[str, str, str, str], int | None] = {}
    for row in csv.DictReader(io.StringIO(data.decode())):
        period, region, group = (row[keys[kind]].strip() for kind in ("periods", "regions", "groups"))
        for measure in table.counts:
            shown[measure.key, period, region, group] = int(row[measure.key]) if row[measure.key] else None
    sums: dict[tuple[str, str, str], int] = {}
    for (key, period, region, group), value in shown.items():
        if region == "NL01":
            continue
        measure = next(each for each in table.counts if each.key == key)
        place = (period, region.removeprefix("GM"), table.content(measure, groups[group]).name)
        if value is not None:
            sums[key, period, group] = sums.get((key, period, group), 0) + value
        beside = shown.get((key, period, region, wholes.get(group, "")))
        if why := _judge(table, value, true.get(place), beside, into, is_hidden=place in hidden, is_part=group in wholes):
            into.wrong.append(f"{table.table_id} {period} {region} {group}: {why}")
    for (key, period, region, group), value in shown.items():
        if region == "NL01" and value is not None:
            into.national += 1
            if value != sums.get((key, period, group)):
                into.wrong.append(f"{table.table_id} {period} {group}: the country is not the sum of what is shown")


def _judge(table: Table, value: int | None, true: int | None, beside: int | None, into: Judged, *, is_hidden: bool, is_part: bool) -> str:
    if true is None:
        return "shown, and nothing was delivered" if value is not None else ""
    if value is None:
        into.missing += 1
        into.hidden += is_hidden
        may_hide = true < table.first_shown + table.base - 1 or is_hidden or (is_part and beside is None)
        return "" if may_hide else "missing, and not small"
    into.shown += 1
    right = (
        abs(value - true) < table.base,
        value % table.base == 0,
        value >= table.smallest_shown,
        true >= table.first_shown,
        not is_hidden,
        not is_part or (beside is not None and value <= beside),
    )
    return "" if all(right) else f"shown, and not within the protection {right}"
