"""What `python -m tests.round_trip` plays for thousands of steps, for a few: drawn orders of everything that happens to an upload."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.round_trip.playing import play, runners

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.stack import Stack

STEPS = 12


def test_whatever_the_order_what_has_to_hold_holds(stack: Stack, newest: str, tmp_path: Path) -> None:
    with runners(tmp_path / "tasks.log") as made:
        played = play(stack, made, steps=STEPS, drawn_by=1, like=newest)
    assert played.steps.total() >= STEPS // 2
    assert played.found["examples"] == 1
