"""Taking several things in hand at a time, and keeping what came of each one after the other, in their order."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from gmsd.errors import GmsdError
from gmsd.outages import is_outage

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable
    from contextlib import AbstractContextManager

Item = TypeVar("Item")
Made = TypeVar("Made")


class InHand(Protocol[Made]):
    """One thing that is taken in hand, with the transaction and the locks that it needs."""

    def work(self) -> Made:
        """What takes long, beside others."""

    def keep(self, made: Made) -> None:
        """Write down what came of it; the transaction is committed right after."""


@dataclass(frozen=True, slots=True)
class Failed(Generic[Item]):
    """A thing of which nothing was kept, or of which what follows was not done, and why."""

    item: Item
    error: Exception


class _GivenUp(GmsdError):
    """Another thing broke everything off: the transaction in hand is rolled back."""


@dataclass(slots=True)
class _Turn(Generic[Item]):
    """The place of one thing in the order.

    Attributes:
        item: The thing.
        before: The turn before it; None for the first.
        alike: The last turn before it that is never in hand together with it.
        taken: It has its locks, or will not get them.
        over: What came of it is kept, or nothing will be; and so it is with every turn before it.
        done: What follows from it is done too, or will not be.
        error: Why nothing was kept, or what followed was not done.
    """

    item: Item
    before: _Turn[Item] | None
    alike: _Turn[Item] | None
    taken: Event = field(default_factory=Event)
    over: Event = field(default_factory=Event)
    done: Event = field(default_factory=Event)
    error: Exception | None = None

    def await_before(self) -> None:
        """Wait until everything before it is over."""
        if self.before is not None:
            self.before.over.wait()


def in_turn(
    items: Iterable[Item],
    take: Callable[[Item], AbstractContextManager[InHand[Made]]],
    *,
    apart: Callable[[Item], Hashable],
    at_once: int,
    then: Callable[[Item], object] | None = None,
) -> list[Failed[Item]]:
    """Do the work of several things side by side; take them in hand, and keep what came of them, in their order.

    Locks are taken one thing after the other, and rows are written one thing after the other, as if nothing went on beside it. A thing
    that waits for a lock holds none that an earlier one needs, so an earlier one always goes on to its end.

    Args:
        items: What there is to do, in order.
        take: Opens the transaction of one thing, with its locks; leaving it commits, an error in it rolls back.
        apart: Two things for which this is the same are never in hand together.
        at_once: How many are in hand at a time, those included that wait for their turn.
        then: What follows from a thing once it is kept; beside whatever else goes on, and before the next that is to be kept apart from it.

    Returns:
        What failed, in order; the others went on.

    Raises:
        Exception: a service is away; nothing is kept of what was in hand.
    """
    turns = _turns(items, apart)
    away = Event()

    def hold(turn: _Turn[Item]) -> None:
        try:
            if turn.before is not None:
                turn.before.taken.wait()
            if turn.alike is not None:
                turn.alike.done.wait()
            if not away.is_set():
                _hold(turn, take, away)
                if then is not None and not away.is_set():
                    turn.await_before()
                    turn.over.set()
                    then(turn.item)
        except Exception as error:  # noqa: BLE001 - told to the caller, with what failed
            turn.error = error
            if is_outage(error):
                away.set()
        finally:
            turn.taken.set()
            turn.await_before()
            turn.over.set()
            turn.done.set()

    with ThreadPoolExecutor(at_once) as pool:
        try:
            list(pool.map(hold, turns))
        finally:
            away.set()  # whoever breaks this off waits for what is in hand, and not for the rest
    failed = [Failed(turn.item, turn.error) for turn in turns if turn.error is not None]
    for each in failed:
        if is_outage(each.error):
            raise each.error
    return failed


def _turns(items: Iterable[Item], apart: Callable[[Item], Hashable]) -> list[_Turn[Item]]:
    turns: list[_Turn[Item]] = []
    last: dict[Hashable, _Turn[Item]] = {}
    for item in items:
        turns.append(_Turn(item, turns[-1] if turns else None, last.get(apart(item))))
        last[apart(item)] = turns[-1]
    return turns


def _hold(turn: _Turn[Item], take: Callable[[Item], AbstractContextManager[InHand[Made]]], away: Event) -> None:
    with suppress(_GivenUp), take(turn.item) as step:
        turn.taken.set()
        made = step.work()
        turn.await_before()
        if away.is_set():
            raise _GivenUp
        step.keep(made)
