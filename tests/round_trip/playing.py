"""Playing: examples of the machine until so many steps were made."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from gmsd.database import connect, migrate
from tests.round_trip.machine import Played, RoundTrip
from tests.round_trip.tasks import Runner
from tests.support.stack import installation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.stack import Stack


@contextmanager
def runners(log: Path) -> Iterator[tuple[Runner, Runner]]:
    """Two processes for tasks, so that a task can run beside another."""
    first, second = Runner(log), Runner(log)
    try:
        yield first, second
    finally:
        first.close()
        second.close()


@contextmanager
def empty(stack: Stack) -> Iterator[str]:
    """A database with the newest tables and nothing in them, to copy."""
    with tempfile.TemporaryDirectory() as folder:
        for found in installation(stack, Path(folder)):
            migrate(found)
            owner = connect(found, "owner")
            owner.dispose()
            yield str(owner.url.database)


def play(stack: Stack, made: tuple[Runner, Runner], *, steps: int, drawn_by: int, like: str = "") -> Played:
    """Play one installation so many steps long, its database copied from `like` if there is one; the same seed draws the same steps.

    Raises:
        AssertionError: something did not hold; Hypothesis prints the steps that led there.
    """
    played = Played()
    machine = type("RoundTrip", (RoundTrip,), {"stack": stack, "like": like, "runners": made, "played": played})
    # no shrinking: every try takes services a minute
    ways = settings(
                max_examples=1, stateful_step_count=steps, deadline=None, database=None, phases=[Phase.generate],
                suppress_health_check=list(HealthCheck), print_blob=False,
            )  # fmt: skip
    run_state_machine_as_test(seed(drawn_by)(machine), settings=ways)
    return played
