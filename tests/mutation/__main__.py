"""`python -m tests.mutation [PART]`: break every rule, print what each group of mutants came to, exit 1 when a mutant survives."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING

from tests.mutation.judge import EXPECTATIONS, Verdict, judged
from tests.mutation.mutants import mutants

if TYPE_CHECKING:
    from multiprocessing.pool import Pool


def _fails_unbroken(pool: Pool) -> bool:
    """Whether a test fails although nothing is broken: then its failures say nothing."""
    _position, failed = pool.apply(judged, (-1,))
    if failed is not None:
        print(f"nothing is broken, and a test fails all the same: {failed}")
    return failed is not None


def main(part: str = "") -> int:
    """Judge every mutant whose target or change holds `part`."""
    began = time.monotonic()
    every = mutants(EXPECTATIONS)
    chosen = [position for position, mutant in enumerate(every) if part in f"{mutant.target} {mutant.how}"]
    with multiprocessing.get_context("spawn").Pool(min(os.cpu_count() or 1, 4)) as pool:
        verdicts = []
        if _fails_unbroken(pool):
            return 1
        for position, killed_by in pool.imap_unordered(judged, chosen, chunksize=8):
            verdicts.append(Verdict(every[position], killed_by))
            print(f"\r{len(verdicts)} of {len(chosen)}", end="\n" if len(verdicts) == len(chosen) else "", file=sys.stderr, flush=True)
        if _fails_unbroken(pool):  # code that was changed meanwhile
            return 1
    print(f"{'broken':<34} {'mutants':>8} {'killed':>8} {'survived':>9}")
    whole, lost = Counter(v.mutant.target for v in verdicts), Counter(v.mutant.target for v in verdicts if v.killed_by is None)
    for target in dict.fromkeys(mutant.target for mutant in every):
        if target in whole:
            print(f"{target:<34} {whole[target]:>8} {whole[target] - lost[target]:>8} {lost[target]:>9}")
    print(f"{'all':<34} {whole.total():>8} {whole.total() - lost.total():>8} {lost.total():>9}   {time.monotonic() - began:.0f} s")
    by = Counter((v.killed_by or "").partition(":")[0] for v in verdicts if v.killed_by is not None)
    print("killed by " + ", ".join(f"{name} {count}" for name, count in by.most_common()))
    for verdict in verdicts:
        if verdict.killed_by is None:
            print(f"SURVIVED {verdict.mutant.path}: {verdict.mutant.target}: {verdict.mutant.how}")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
