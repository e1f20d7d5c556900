"""What to hide in the newest release so that a count is not told any more, and the loop that does it until nothing is told."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import polars as pl

from gmsd.attack.likelihood import guess
from gmsd.attack.merging import BESIDE
from gmsd.attack.series import audit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gmsd.attack.likelihood import GuessResult
    from gmsd.attack.method import Method, PublicRelease, Truth
    from gmsd.attack.series import AuditResult

REPAIR: dict[str, pl.DataType | type[pl.DataType]] = dict.fromkeys(("period", "region", "content"), pl.String)


def repairs(result: AuditResult) -> pl.DataFrame:
    """`period`, `region`, `content` of what to hide in the newest release, once each.

    Of what tells a count the total that leaves a group out goes first, then a year, then the count itself; what stands in the newest
    release only, as others cannot be called back. A hidden content is missing in every table.
    """
    wanted = {(each.repair[0], each.region, each.repair[1]) for each in result.disclosed if each.repair is not None}
    return pl.DataFrame(sorted(wanted), schema=REPAIR, orient="row")


def repairs_of_guesses(guesses: GuessResult, method: Method, newest: PublicRelease, hidden: pl.DataFrame) -> pl.DataFrame:
    """`period`, `region`, `content` of what to hide in the newest release so that these counts are guessed less surely.

    All periods of a content share their draws, and a guess uses no other content: a count's own period goes first, then the year, then
    the others. Nothing is left where all of them are hidden already: then older releases alone make the guess that sure.
    """
    gone = set(hidden.select("period", "region", "content").iter_rows())
    if newest.repaired is not None:
        gone |= set(newest.repaired.select("period", "region", "content").iter_rows())
    of_region: dict[str, set[str]] = {}
    for region, period in newest.cells.select("region", "period").unique().iter_rows():
        of_region.setdefault(region, set()).add(period)
    wanted: set[tuple[str, str, str]] = set()
    for each in guesses.over:
        own = sorted(of_region.get(each.region, ()), key=lambda period: (period != each.period, period not in method.years, period))
        left = [(period, each.region, each.content) for period in own if (period, each.region, each.content) not in gone]
        wanted |= set(left[:1])
    return pl.DataFrame(sorted(wanted), schema=REPAIR, orient="row")


@dataclass
class _Course:
    """A series whose newest release is published again with more and more hidden."""

    series: list[PublicRelease]
    method: Method
    publish: Callable[[pl.DataFrame], PublicRelease]
    truth: Truth | None
    progress: Callable[[str], None] | None
    result: AuditResult
    hidden: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=REPAIR))

    def hide(self, more: pl.DataFrame) -> None:
        """Hide these too, and attack the municipalities they are of again."""
        self.hidden = pl.concat([self.hidden, more])
        self.series[-1] = self.publish(self.hidden)
        before = self.result
        again = audit(self.series, self.method, self.truth, places=set(more["region"]), progress=self.progress, processes=1)
        left = [each for each in before.disclosed if each.region not in again.places]
        # what the true counts do not explain is told of those that were attacked again only
        unexplained = [each for each in before.faults if each.kind == "figure" and again.places.isdisjoint(each.where.split(BESIDE))]
        self.result = replace(
            before,
            disclosed=(*left, *again.disclosed),
            faults=(*again.faults, *unexplained),
            solved=before.solved + again.solved,
            seconds={part: round(taken + again.seconds.get(part, 0.0), 2) for part, taken in before.seconds.items()},
            repaired=self.hidden.height,
        )

    def settle(self, rounds: int) -> None:
        """Hide what tells a count until nothing is told or nothing is left to hide."""
        for _round in range(rounds):
            more = repairs(self.result).join(self.hidden, on=list(REPAIR), how="anti")
            if not more.height:
                return
            self.hide(more)


def repair(
    releases: Sequence[PublicRelease],
    method: Method,
    publish: Callable[[pl.DataFrame], PublicRelease],
    truth: Truth | None = None,
    *,
    rounds: int = 8,
    progress: Callable[[str], None] | None = None,
    processes: int = 2,
) -> tuple[AuditResult, pl.DataFrame]:
    """Attack a series, hide what tells a count, and attack again, until nothing is told or nothing is left to hide.

    Args:
        releases: Oldest first; the last is the one to be published.
        method: How figures are made.
        publish: Makes the last release again with more cells hidden: gets `period`, `region`, `content`.
        truth: The true counts.
        rounds: How often at most.
        progress: Is told in a sentence what is being done.
        processes: How many to use.

    Returns:
        The result of the last attack, of the whole series, and everything that was hidden.
    """
    result = audit(releases, method, truth, progress=progress, processes=processes)
    course = _Course(list(releases), method, publish, truth, progress, result)
    course.settle(rounds)
    return course.result, course.hidden


def repair_and_guess(
    releases: Sequence[PublicRelease],
    method: Method,
    publish: Callable[[pl.DataFrame], PublicRelease],
    truth: Truth | None = None,
    *,
    rounds: int = 8,
    guesses_too: bool = True,
    progress: Callable[[str], None] | None = None,
    processes: int = 2,
) -> tuple[AuditResult, GuessResult, int, pl.DataFrame]:
    """As `repair`, and hide what lets a count be guessed too surely, until no guess is over the bound or nothing is left to hide.

    Args:
        releases: Oldest first; the last is the one to be published.
        method: How figures are made.
        publish: Makes the last release again with more cells hidden.
        truth: The true counts.
        rounds: How often at most.
        guesses_too: Whether anything is hidden for guesses; else they are told only.
        progress: Is told in a sentence what is being done.
        processes: How many to use.

    Returns:
        The result of the last attack, that of the last guessing, how many counts were guessed too surely before anything was hidden for
        it, and everything that was hidden.
    """
    result = audit(releases, method, truth, progress=progress, processes=processes)
    course = _Course(list(releases), method, publish, truth, progress, result)
    course.settle(rounds)
    say = progress or (lambda _sentence: None)
    say("guessing")
    guesses = guess(course.series, method, truth)
    guessed = len(guesses.over)
    for _round in range(rounds if guesses_too else 0):
        more = repairs_of_guesses(guesses, method, course.series[-1], course.hidden)
        if not more.height:
            break
        course.hide(more)
        course.settle(rounds)
        guesses = guess(course.series, method, truth)
    return course.result, guesses, guessed, course.hidden
