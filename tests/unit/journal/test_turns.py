"""Things in hand side by side: taken and kept in their order, whatever they take and whichever of them fails."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from gmsd.journal import in_turn
from tests.support.waiting import patience

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NUMBERS = range(12)


@dataclass
class Seen:
    """What happened, in order; the work of the things, by number."""

    events: list[tuple[str, int]] = field(default_factory=list)
    working: int = 0
    most: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, work: Callable[[int], None] = lambda _: None, keep: Callable[[int], None] = lambda _: None):
        """A thing whose work and keeping are these."""
        seen = self

        @dataclass
        class Thing:
            number: int

            def work(self) -> int:
                with seen.lock:
                    seen.working += 1
                    seen.most = max(seen.most, seen.working)
                time.sleep(0.002 * (self.number * 7 % 5))
                try:
                    work(self.number)
                finally:
                    with seen.lock:
                        seen.working -= 1
                return self.number * 10

            def keep(self, made: int) -> None:
                assert made == self.number * 10
                keep(self.number)
                seen.events.append(("kept", self.number))

        @contextmanager
        def opened(number: int) -> Iterator[Thing]:
            seen.events.append(("taken", number))
            try:
                yield Thing(number)
            except BaseException:
                seen.events.append(("rolled back", number))
                raise
            seen.events.append(("committed", number))

        return opened

    def of(self, *events: str) -> list[int]:
        return [number for event, number in self.events if event in events]


def fails(*numbers: int, error: type[BaseException] = ValueError) -> Callable[[int], None]:
    def work(number: int) -> None:
        if number in numbers:
            raise error(number)

    return work


def test_they_are_taken_and_kept_in_their_order_and_worked_on_side_by_side():
    seen = Seen()
    assert in_turn(NUMBERS, seen.take(), apart=lambda number: number, at_once=4) == []
    assert seen.of("taken") == seen.of("kept") == seen.of("committed") == list(NUMBERS)
    assert 2 <= seen.most <= 4


@pytest.mark.parametrize("part", ["work", "keep"])
def test_of_what_fails_nothing_is_kept_and_the_others_go_on(part: str):
    seen = Seen()
    failed = in_turn(NUMBERS, seen.take(**{part: fails(0, 5, 11)}), apart=lambda number: number, at_once=3)
    assert [(each.item, str(each.error)) for each in failed] == [(0, "0"), (5, "5"), (11, "11")]
    assert sorted(seen.of("rolled back")) == [0, 5, 11]
    assert seen.of("committed") == [number for number in NUMBERS if number not in (0, 5, 11)]


def test_what_cannot_be_taken_holds_nobody_up():
    seen = Seen()
    opened = seen.take()

    def take(number: int):
        if number == 3:
            raise ValueError("no lock")
        return opened(number)

    failed = in_turn(NUMBERS, take, apart=lambda number: number, at_once=3)
    assert [each.item for each in failed] == [3]
    assert seen.of("committed") == [number for number in NUMBERS if number != 3]


def test_two_of_a_kind_are_never_in_hand_together():
    seen = Seen()
    in_turn(NUMBERS, seen.take(), apart=lambda number: number % 3, at_once=8)
    for number in NUMBERS[3:]:
        assert seen.events.index(("taken", number)) > seen.events.index(("committed", number - 3))


def test_an_outage_ends_it_and_keeps_nothing_more():
    seen = Seen()
    with pytest.raises(ConnectionError):
        in_turn(NUMBERS, seen.take(work=fails(4, error=ConnectionError)), apart=lambda number: number, at_once=3)
    assert seen.of("kept") == list(range(len(seen.of("kept"))))
    assert len(seen.of("kept")) <= 4
    assert seen.of("committed") == seen.of("kept")  # what was in hand is rolled back
    assert seen.of("taken")[-1] < len(NUMBERS) - 1


def test_a_kill_in_the_middle_leaves_whole_things_and_a_beginning_of_them():
    seen = Seen()
    with pytest.raises(KeyboardInterrupt):
        in_turn(NUMBERS, seen.take(work=fails(6, error=KeyboardInterrupt)), apart=lambda number: number, at_once=3)
    assert 6 not in seen.of("committed")
    assert seen.of("committed") == sorted(seen.of("committed"))


def test_whoever_waits_for_a_lock_of_an_earlier_one_gets_it_when_that_is_over():
    """As a task of another process does that wants a round for itself while many of its deliveries are in hand."""
    gate = threading.Lock()
    seen = Seen()
    opened = seen.take()

    @contextmanager
    def take(number: int):
        if number in (2, 5):
            assert gate.acquire(timeout=patience(10))
        with opened(number) as thing:
            yield thing
        if number in (2, 5):
            gate.release()

    assert in_turn(NUMBERS, take, apart=lambda number: number, at_once=6) == []
    assert seen.of("committed") == list(NUMBERS)


def test_what_follows_is_done_beside_the_rest_and_before_the_next_of_its_kind():
    seen = Seen()

    def then(number: int) -> None:
        time.sleep(0.002 * (number % 3))
        seen.events.append(("followed", number))

    assert in_turn(NUMBERS, seen.take(), apart=lambda number: number % 4, at_once=8, then=then) == []
    assert seen.of("kept") == list(NUMBERS)
    assert sorted(seen.of("followed")) == list(NUMBERS)
    for number in NUMBERS:
        assert seen.events.index(("committed", number)) < seen.events.index(("followed", number))
    for number in NUMBERS[4:]:
        assert seen.events.index(("taken", number)) > seen.events.index(("followed", number - 4))


def test_what_follows_may_fail_and_undoes_nothing():
    seen = Seen()
    failed = in_turn(NUMBERS, seen.take(work=fails(2)), apart=lambda number: number, at_once=3, then=fails(7))
    assert [each.item for each in failed] == [2, 7]
    assert seen.of("committed") == [number for number in NUMBERS if number != 2]
