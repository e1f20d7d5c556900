"""The page that goes through a round: its commands are executed in the demo that its pictures were taken of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.pages import PROJECT, blocks, follow

if TYPE_CHECKING:
    from tests.support.played import Played

PAGE = (PROJECT / "docs" / "round.md").read_text(encoding="utf-8")


def test_commands_of_the_page_say_what_it_says(played: Played) -> None:
    steps = blocks(PAGE)
    assert len({block.section for block in steps}) >= 6
    assert [block for block in steps if block.reason] == []
    follow(steps, played.home.folder, environment=played.home.environment)
