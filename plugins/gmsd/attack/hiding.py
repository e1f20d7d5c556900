"""What to hide in the newest release so that a count is not told any more, and the loop that does it until nothing is told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from gmsd.attack.merging import BESIDE
from gmsd.attack.series import audit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
    hidden = pl.DataFrame(schema=REPAIR)
    series, found, solved, seconds = list(releases), len(result.disclosed), result.solved, dict(result.seconds)
    for _round in range(rounds):
        more = repairs(result).join(hidden, on=list(REPAIR), how="anti")
        if not more.height:
            break
        hidden = pl.concat([hidden, more])
        series[-1] = publish(hidden)
        again = audit(series, method, truth, places=set(more["region"]), progress=progress, processes=1)
        left = [each for each in result.disclosed if each.region not in again.places]
        # what the true counts do not explain is told of those that were attacked again only
        unexplained = [each for each in result.faults if each.kind == "figure" and again.places.isdisjoint(each.where.split(BESIDE))]
        solved += again.solved
        seconds = {part: round(taken + again.seconds.get(part, 0.0), 2) for part, taken in seconds.items()}
        result = replace(result, disclosed=(*left, *again.disclosed), faults=(*again.faults, *unexplained), solved=solved, seconds=seconds)
    return replace(result, repaired=hidden.height, found=found), hidden
