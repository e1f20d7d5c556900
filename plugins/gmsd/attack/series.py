"""The attack on a whole series of releases: what of it would disclose a count, and how long it took to know."""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from typing import TYPE_CHECKING

import numpy as np

from gmsd.attack.assembly import assemble
from gmsd.attack.findings import Disclosure, Fault
from gmsd.attack.merging import BESIDE, apart
from gmsd.attack.nation import attack_nation
from gmsd.attack.reading import read
from gmsd.attack.solving import Program
from gmsd.attack.system import MISSING, tightened
from gmsd.attack.walking import walk
from gmsd.attack.windows import NO_LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from numpy.typing import NDArray

    from gmsd.attack.method import Method, PublicRelease, Truth
    from gmsd.attack.published import Series
    from gmsd.attack.solving import Range
    from gmsd.attack.system import Batch, System, Unknown
    from gmsd.tables import Content

    Whole = NDArray[np.int64]

BLIND = (
    "Ranges, not likelihoods: a count with many possible values may still have one that is far more likely (that is measured apart).",
    "Attackers who know true counts of several municipalities, or persons by name beyond the one client of a correction.",
    "Which contents the one client of a correction was counted in: taken to be unknown, only by how much a count can differ is used.",
    "That who has several arrangements in a half has as many in the year: records are joined over both halves, so that this can fail.",
    "Tables on the same persons that are published elsewhere, and what an implausible figure tells who knows the place.",
    "A missing figure that the gate hid is taken to say nothing, although most missing figures are of small counts.",
)
WORTH_A_PROCESS = 40_000  # counts; another process takes some two seconds to start
_EXPLAINING = 60.0
"""For how many seconds equations are looked for; counts found after that are told without."""


@dataclass(frozen=True, slots=True)
class AuditResult:
    """What an attack found.

    Attributes:
        places: The regions attacked.
        cells: Counts attacked, in all releases.
        unpublished: Counts of municipalities of which nothing was published, attacked beside them.
        disclosed: What the figures tell, or could not be proven not to.
        faults: What is not published as the method says.
        seconds: How long it took, by part.
        solved: How many counts needed integer programming.
        repaired: How many contents of a municipality and period were hidden to come to this.
        found: How many counts were disclosed before anything was hidden.
        blind: What it cannot see.
    """

    places: frozenset[str]
    cells: int
    unpublished: int
    disclosed: tuple[Disclosure, ...]
    faults: tuple[Fault, ...]
    seconds: dict[str, float]
    solved: int
    repaired: int = 0
    found: int = 0
    blind: tuple[str, ...] = BLIND

    @property
    def passed(self) -> bool:
        """Whether the newest release may be published."""
        return not self.disclosed and not self.faults


@dataclass(slots=True)
class _Found:
    places: tuple[str, ...]
    findings: list[Disclosure] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)
    solved: int = 0
    walking: float = 0.0
    solving: float = 0.0
    explaining: float = 0.0


@dataclass(frozen=True, slots=True)
class _Preference:
    """What is hidden first: contents that leave a group out, then years; in the newest release only."""

    newest: str
    leaving_out: frozenset[str]
    years: frozenset[str]


def audit(
    releases: Sequence[PublicRelease],
    method: Method,
    truth: Truth | None = None,
    *,
    places: Collection[str] | None = None,
    progress: Callable[[str], None] | None = None,
    processes: int = 2,
) -> AuditResult:
    """Attack every count of a series of releases, all of them together.

    Args:
        releases: Oldest first, as their readers have them; the last is the one to be published.
        method: How figures are made, as every reader knows it.
        truth: The true counts: where the search for other counts starts. Without it a start is sought by integer programming.
        places: Regions to attack, with those that they merged with; None: all of them.
        progress: Is told in a sentence what is being done.
        processes: How many to use at most; few counts are attacked sooner than another process has started.

    Returns:
        Counts that are disclosed or not proven to be safe, faults, and how long it took.
    """
    began = time.perf_counter()
    say = progress or (lambda _sentence: None)
    say("reading the releases")
    series = read(releases, method, truth)
    nation = attack_nation(series, releases)
    system, whole = assemble(series)
    batch, blocks = apart(series, releases, system, whole)
    if places is not None:
        batch = batch.taken([position for position, place in enumerate(batch.places) if place in places])
        blocks = [(each, part) for each, part in blocks if any(region in places for region in _regions(part))]
    attacked = (*batch.places, *(region for _, part in blocks for region in _regions(part)))
    preference = _Preference(
        newest=releases[-1].release_id,
        leaving_out=frozenset(each.content for each in method.columns if each.within is not None),
        years=frozenset(method.years),
    )
    read_in = time.perf_counter()
    say(f"attacking {int((batch.needed > 0).sum())} counts of {len(batch.places)} municipalities in {len(releases)} releases")
    jobs = [(system, part, method.contents, preference) for part in _parts(batch, processes)]
    if len(jobs) > 1:
        with ProcessPoolExecutor(len(jobs), mp_context=get_context("spawn")) as pool:
            found = list(pool.map(attack_places, *zip(*jobs, strict=True)))
    else:
        found = [attack_places(*job) for job in jobs]
    found += [attack_places(each, part, method.contents, preference) for each, part in blocks]
    unexplained = [Fault("figure", releases[-1].release_id, words.split(":")[0], words) for each in found for words in each.unexplained]
    findings = [finding for each in found for finding in each.findings] + nation.findings
    done = time.perf_counter()
    return AuditResult(
        places=frozenset(attacked),
        cells=_repeated(series, attacked) + sum(int((each.needed > 0).sum()) for each in (batch, *(part for _, part in blocks))),
        unpublished=nation.unpublished,
        disclosed=tuple(sorted(findings, key=lambda each: (each.region, each.period, each.content, each.release_id))),
        faults=tuple(series.faults + nation.faults + unexplained),
        seconds={
            "reading": round(read_in - began, 2),
            "attacking": round(done - read_in, 2),
            "walking": round(max((each.walking for each in found), default=0.0), 2),
            "solving": round(max((each.solving for each in found), default=0.0), 2),
            "explaining": round(max((each.explaining for each in found), default=0.0), 2),
            "total": round(done - began, 2),
        },
        solved=sum(each.solved for each in found),
        found=len(findings),
    )


def _regions(batch: Batch) -> tuple[str, ...]:
    """The regions of a batch whose places are made of several."""
    return tuple(region for place in batch.places for region in place.split(BESIDE))


def _repeated(series: Series, regions: Sequence[str]) -> int:
    chosen = [series.places.index(region) for region in regions]
    return 0 if series.repeated is None else int(series.repeated[chosen].sum())


def _parts(batch: Batch, processes: int) -> list[Batch]:
    number = max(1, min(processes, int((batch.needed > 0).sum()) // WORTH_A_PROCESS))
    return [batch.taken(np.arange(first, len(batch.places), number)) for first in range(number)]


def attack_places(system: System, batch: Batch, contents: Sequence[Content], preference: _Preference) -> _Found:
    """Attack the counts of some places: witnesses first, integer programming for what these leave."""
    found = _Found(batch.places)
    began = time.perf_counter()
    batch = tightened(system, _started(system, batch, found))
    if not batch.places:
        return found
    seen = walk(system, batch, contents, sweeps=1)
    walked = time.perf_counter()
    lacking = seen.number < batch.needed
    for place in np.flatnonzero(lacking.any(axis=0)).tolist():
        program = Program(system, batch, place)
        program.scatter(batch.needed[:, place], seen, place)
        for count in np.flatnonzero(lacking[:, place]).tolist():
            needed = int(batch.needed[count, place])
            if len(seen.values(count, place)) >= needed:
                continue
            found.solved += 1
            left = program.range_of(count, needed, seen, place)
            if left.values < needed:
                asked = time.perf_counter()
                explain = left.settled and found.explaining < _EXPLAINING
                found.findings.append(_finding(system, batch, program, count, place, left, preference, explain=explain))
                found.explaining += time.perf_counter() - asked
    found.walking, found.solving = walked - began, time.perf_counter() - walked - found.explaining
    return found


def _started(system: System, batch: Batch, found: _Found) -> Batch:
    """The places from which a walk can start; those that no counts explain are told, and left out."""
    explains = np.zeros(len(batch.places), dtype=bool) if batch.known is None else batch.explained(system, batch.known)
    if explains.all():
        return batch
    known = np.zeros(batch.low.shape, dtype=np.int64) if batch.known is None else batch.known.copy()
    bounds = batch.bounds.copy()
    kept = np.flatnonzero(explains).tolist()
    for place in np.flatnonzero(~explains).tolist():
        if batch.known is not None:
            found.unexplained.append(f"{batch.places[place]}: {_contradicted(system, batch, place)}")
        start = None
        for given_up in ((), ("continuity",), ("continuity", "redelivery")):
            bounds[[position for position, row in enumerate(system.rows) if row.kind in given_up], place] = NO_LIMIT
            start = _start(system, tightened(system, replace(batch, bounds=bounds).taken([place])))
            if start is not None:
                break
        if start is not None:
            known[:, place] = start
            kept.append(place)
        elif batch.known is None:
            found.unexplained.append(f"{batch.places[place]}: no counts explain all that is published of it")
    return replace(batch, known=known, bounds=bounds).taken(sorted(kept))


def _start(system: System, column: Batch) -> Whole | None:
    program = Program(system, column, 0)
    counts, _, _ = program.ask(program.everything(), {})
    return counts if counts is not None and column.explained(system, counts[:, None]).all() else None


def _contradicted(system: System, batch: Batch, place: int) -> str:
    """What of the figures the true counts do not explain."""
    column = batch.taken([place])
    assert column.known is not None
    known = column.known
    draws = np.flatnonzero(column.draws_left(system, known)[:, 0] == 0)
    if len(draws):
        figures = system.figures_of_draws[int(draws[0])]
        left = column.windows.draws(column.window[figures], column.first[figures], known[system.figures[figures]])[:, 0]
        one = next((int(figure) for figure, each in zip(figures, left, strict=True) if each == 0), int(figures[0]))
        count = system.counts[int(system.figures[one])]
        told = int(column.told[one, 0])
        shown = "missing" if told == MISSING else f"shown as {told}"
        return f"{len(draws)} contents have figures that the method does not make of the true counts, such as {_told(count)} {shown}"
    for position, row in enumerate(system.rows):
        if sum(factor * int(known[count, 0]) for count, factor in zip(row.counts, row.factors, strict=True)) > column.bounds[position, 0]:
            return f"the true counts contradict {row.words}"
    outside = np.flatnonzero((known[:, 0] < column.low[:, 0]) | (known[:, 0] > column.high[:, 0]))
    return f"the true count of {_told(system.counts[int(outside[0])])} is not among those that the figures leave"


def _told(count: Unknown) -> str:
    return f"{count.content} of {count.period} ({count.release})"


def _finding(
    system: System, batch: Batch, program: Program, count: int, place: int, left: Range, preference: _Preference, *, explain: bool
) -> Disclosure:
    equations, about = program.why(count, left) if explain else ((), frozenset({count}))
    what = system.counts[count]
    regions = batch.places[place].split(BESIDE)
    return Disclosure(
        release_id=what.release,
        region=regions[what.slot],
        period=what.period,
        content=what.content,
        kind="shown" if batch.shown[count, place] else "missing",
        low=left.low,
        high=left.high,
        values=left.values,
        settled=left.settled,
        equations=equations,
        about=tuple((system.counts[each].release, system.counts[each].period, system.counts[each].content) for each in sorted(about)),
        repair=_repair(system, batch, count, place, about, preference),
    )


def _repair(system: System, batch: Batch, count: int, place: int, about: frozenset[int], preference: _Preference) -> tuple[str, str] | None:
    what = system.counts[count]
    own = next((n for n, each in enumerate(system.counts) if each == what._replace(release=preference.newest)), None)
    says = set(system.figures[batch.window[:, place] != batch.silent].tolist())
    candidates = [
        each
        for each in {*about, *({own} if own is not None else ())}
        if each in says and system.counts[each].release == preference.newest and system.counts[each].slot == what.slot
    ]

    def order(each: int) -> tuple[bool, bool, bool, bool, int]:
        found = system.counts[each]
        shown = bool(batch.shown[each, place])
        left_out, year = found.content in preference.leaving_out, found.period in preference.years
        return (not (shown and left_out), not (shown and year), each != own, not shown, int(batch.low[each, place]))

    best = min(candidates, key=order, default=None)
    return None if best is None else (system.counts[best].period, system.counts[best].content)
