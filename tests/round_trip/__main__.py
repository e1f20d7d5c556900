"""`python -m tests.round_trip [--steps 2000] [--seed 1]`: the round trip in drawn orders, on services of its own.

It ends with the first thing that does not hold: Hypothesis prints the steps that led there, and the same seed draws them again.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from itertools import count

from tests.round_trip.machine import Played
from tests.round_trip.playing import empty, play, runners
from tests.support.stack import PROJECT, own_stack

STATE = PROJECT / "var" / "test-round-trip"
EACH = 60


def main() -> int:
    """Play so many steps, sixty in each installation, and say what they were."""
    parser = argparse.ArgumentParser(prog="python -m tests.round_trip", description=__doc__)
    parser.add_argument("--steps", type=int, default=2000, help="how many at least")
    parser.add_argument("--seed", type=int, default=1, help="of the first installation; each next one has the next")
    options = parser.parse_args()
    begin, played = time.monotonic(), Played()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("interrupted"))  # what was played is told, and the services are stopped
    try:
        for stack in own_stack(STATE):
            with runners(STATE / "log" / "tasks.log") as made, empty(stack) as like:
                for drawn_by in count(options.seed):
                    done = play(stack, made, steps=EACH, drawn_by=drawn_by, like=like)
                    played.steps += done.steps
                    played.found += done.found
                    print(f"{time.monotonic() - begin:5.0f} s  seed {drawn_by}: {done.steps.total()} steps", flush=True)
                    if played.steps.total() >= options.steps:
                        break
    finally:
        for title, counted in (("steps", played.steps), ("found", played.found)):
            print(title + "".join(f"\n{times:7}  {name}" for name, times in counted.most_common()))
        print(f"{played.steps.total()} steps in installations that were played to their end, {time.monotonic() - begin:.0f} s", flush=True)
    print("Everything held.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
