"""How many counts the attack finds under several methods, and how long it takes: `python -m tests.bench.attack` prints one row a case.

Synthetic truth (`tests/support/synthetic_truth.py`) of 355 municipalities, H1, H2 and year, every municipal table of the Wmo.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, replace

import polars as pl

from gmsd.attack import REPAIR, Method, PublicRelease, Rounding, audit, guess, repair
from tests.support import synthetic_release as published
from tests.support import synthetic_truth as made

RULES = {
    "keyed": Rounding(),
    "fixed": Rounding(secret=False),
    "flat": Rounding(smallest_up_to=12),
    "nearest": Rounding(keyed=False, secret=False),
}


@dataclass(frozen=True, slots=True)
class Case:
    rule: str
    draws: published.Draws
    releases: int
    share: float = 0.3
    stay: bool = False
    continuity: bool = True


CASES = (
    *(Case("keyed", draws, 1) for draws in ("content", "row", "table", "one")),
    *(Case(rule, "content", 1) for rule in ("nearest", "fixed", "flat")),
    *(Case("keyed", draws, 2) for draws in ("content", "row", "table")),
    *(Case(rule, "content", 2) for rule in ("nearest", "fixed", "flat")),
    Case("keyed", "content", 2, continuity=False),
    *(Case(rule, "content", 2, 1.0, stay=True) for rule in ("keyed", "flat")),
    Case("keyed", "content", 6),
    Case("keyed", "content", 6, continuity=False),
)


def run(case: Case, number: int, seed: int, processes: int) -> str:
    """One row: what was found before and after repairs, guesses, loss and time."""
    how = replace(published.method(RULES[case.rule], case.draws), continuity=case.continuity)
    held = [made.register(number, seed)]
    for release in range(1, case.releases):
        held.append(made.corrected(held[-1], case.share, seed * 1000 + release, stay=case.stay))
    true = [made.counts(each) for each in held]
    names = [f"r{position}" for position in range(1, len(true) + 1)]
    people = published.people_of(held[0])
    releases = [published.release(name, each, how, people) for name, each in zip(names, true, strict=True)]
    known = published.truth(list(zip(names, true, strict=True)))
    began = time.perf_counter()
    result = audit(releases, how, known, processes=processes)
    seconds = time.perf_counter() - began
    gated = _gated(case, how, names, true, people, processes) if case.draws == "content" and case.rule != "nearest" else ""
    guessed = {each.kind: each for each in guess(releases, how, known).kinds}
    shown, missing = guessed["shown"], guessed["missing"]
    unsettled = sum(not each.settled for each in result.disclosed)
    return (
        f"{case} | {result.cells} | {len(result.disclosed)} ({unsettled} not settled) | gated: {gated} | "
        f"shown {shown.right_alone:.3f} {shown.right:.3f} {shown.largest:.2f} {shown.over} | "
        f"missing {missing.right_alone:.3f} {missing.right:.3f} {missing.largest:.2f} {missing.over} | {loss(releases[0], true[0])} | "
        f"{seconds:.0f} s {result.seconds} {result.solved}"
    )


def _gated(case: Case, how: Method, names: list[str], true: list[pl.DataFrame], people: dict[str, int], processes: int) -> str:
    """What is left when every release went through the gate before the next one was made, and what was hidden."""
    hidden = pl.DataFrame(schema=REPAIR)
    releases: list[PublicRelease] = []
    left = []
    for position, (name, each) in enumerate(zip(names, true, strict=True), start=1):

        def publish(more: pl.DataFrame, name: str = name, each: pl.DataFrame = each, kept: pl.DataFrame = hidden) -> PublicRelease:
            return published.release(name, each, how, people, repaired=pl.concat([kept, more]).unique())

        releases.append(publish(hidden))
        known = published.truth(list(zip(names[:position], true[:position], strict=True)))
        repaired = repair(releases, how, publish, known, processes=processes)
        result, more = repaired.result, repaired.hidden
        hidden = pl.concat([hidden, more]).unique()
        releases[-1] = publish(hidden)
        left.append(len(result.disclosed))
    return f"{left} left, {hidden.height} hidden"


def loss(release: PublicRelease, true: pl.DataFrame) -> str:
    """Share of counts of 8 and more that are missing, and how far shown ones are from the true count."""
    columns = published.columns()
    told = release.cells.filter(pl.col("region") != "NL01").join(
        pl.DataFrame(
            [(each.table_id, each.measure, each.group_code, each.content) for each in columns if each.per is None],
            schema=dict.fromkeys(("table_id", "measure", "group_code", "content"), pl.String),
            orient="row",
        ),
        on=["table_id", "measure", "group_code"],
    )
    counted = told.unique(["content", "period", "region"]).join(
        true.select("content", "period", region=pl.format("GM{}", "municipality"), true="value"), on=["content", "period", "region"]
    )
    differ = (counted["value"] - counted["true"]).drop_nulls()
    missing = counted.filter((pl.col("true") >= 8) & pl.col("value").is_null()).height / counted.filter(pl.col("true") >= 8).height
    return f"missing of 8 and more {missing:.4f}, distance {differ.abs().mean():.3f}, bias {differ.mean():+.3f}, most {differ.abs().max()}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=355)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only", type=int, nargs="*")
    chosen = parser.parse_args()
    for position, case in enumerate(CASES):
        if chosen.only is None or position in chosen.only:
            print(position, run(case, chosen.number, chosen.seed, chosen.processes), flush=True)


if __name__ == "__main__":
    main()
