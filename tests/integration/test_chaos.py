"""What `make chaos` does with every boundary of every step, at a few of each; see tests/chaos."""

from __future__ import annotations

import random
import socket
from typing import TYPE_CHECKING

import pytest

from tests.chaos.gate import Gate
from tests.chaos.library import HOUSEKEEPING, KILLED, TWICE, Library, moments, order
from tests.chaos.steps import STEPS, needed
from tests.support.stack import installation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.stack import Stack


@pytest.fixture(scope="module")
def library(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    if not stack.admin:
        pytest.fail("databases are copied here: GMSD_TEST_ADMIN has to name an account that may make them")
    for settings in installation(stack, tmp_path_factory.mktemp("keys")):
        yield Library(settings, stack.admin, tmp_path_factory.mktemp("logs"), 1, print)


# One of each kind; the others run undisturbed, because these need what they leave.
SOME = ("register", "check", "report", "forms", "load", "build", "publish", "sweep")


def test_a_step_that_was_killed_or_is_run_again_leaves_what_one_leaves_that_was_not(library: Library) -> None:
    with library.opened():
        library.disturbed((KILLED, TWICE), SOME, until_last=True)
        assert len(library.release()) > len(STEPS)
    assert {cell: each.wrong for cell, each in library.cells.items() if each.wrong} == {}
    assert library.cells.keys() == {(name, fault) for name in SOME for fault in (KILLED, TWICE)}
    assert {each.tried for each in library.cells.values()} == {1}


def test_a_kill_at_each_moment_is_a_kill_before_each_call_and_a_few_are_those_after_a_change() -> None:
    passed = [("PostgreSQL", False), ("store", True), ("PostgreSQL", False), ("PostgreSQL", True), ("mail", False), ("mail", True)]
    assert moments(passed, "", None) == [0, 1, 2, 3, 4, 5]
    assert moments(passed, "", 9) == [0, 2, 4]
    assert moments(passed, "", 1) == [2]
    assert moments(passed, "store", None) == [1]
    assert moments(passed, "mail", None) == [4, 5]


def test_an_order_has_every_step_twice_and_none_before_what_it_needs() -> None:
    needs = needed()
    orders = [order(random.randrange(1_000_000)) for _ in range(20)]
    for names in orders:
        assert sorted(names) == sorted([*needs, *needs])
        for place, name in enumerate(names):
            assert needs[name] <= set(names[:place])
    assert len({tuple(each) for each in orders}) == len(orders)
    assert set(HOUSEKEEPING) < set(needs)


def test_a_gate_passes_on_until_it_is_cut_and_again_when_it_is_opened() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        gate = Gate(*server.getsockname())
        with socket.create_connection(("127.0.0.1", gate.port), timeout=5) as first, server.accept()[0] as there:
            first.sendall(b"heard")
            assert there.recv(16) == b"heard"
            gate.cut()
            assert _ended(first)
        assert _refused(gate.port)
        gate.open()
        with socket.create_connection(("127.0.0.1", gate.port), timeout=5) as again, server.accept()[0] as there:
            there.sendall(b"back")
            assert again.recv(16) == b"back"
        gate.close()


def _ended(connection: socket.socket) -> bool:
    try:
        return connection.recv(16) == b""
    except ConnectionError:
        return True


def _refused(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            return _ended(connection)
    except ConnectionError:
        return True
