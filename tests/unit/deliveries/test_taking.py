"""Registration decides by key, calendar and the uploads before; the state machine and the hash chain hold what they promise."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from gmsd.clock import AMSTERDAM
from gmsd.deliveries import STATES, Progress, parse_key
from gmsd.deliveries.arrival import Arrival
from gmsd.deliveries.inbox import in_order_of_receipt, is_known
from gmsd.deliveries.states import ALLOWED
from gmsd.deliveries.taking import Ledger, take
from gmsd.rounds import load_calendar
from gmsd.store import Version

IN_WINDOW = dt.datetime(2020, 2, 10, 9, 0, tzinfo=AMSTERDAM)
NAME = "WMO_H22019_x.csv"


def version(key: str, number: int = 1, at: dt.datetime = IN_WINDOW, **more) -> Version:
    return Version(key, f"v{number}", True, False, 10, "", at, **more)


class Inbox:
    """Uploads of one municipality taken one by one; `afresh` says whether an earlier refusal may be over on a later day."""

    def __init__(self, *, afresh: bool = False, closed: set[tuple[str, str, str]] = frozenset()) -> None:
        self.ledger = Ledger({}, set(closed), 0, 0, lambda _: afresh)
        self.number = 0

    def upload(self, content: str | None, name: str = NAME, at: dt.datetime = IN_WINDOW, folder: str = "H22019/0518"):
        self.number += 1
        key = f"{folder}/{name}"
        arrival = Arrival(version(key, self.number, at), parse_key(key), content)
        if arrival.key.place:
            self.ledger.history.setdefault(arrival.key.place, [])
        return take(arrival, self.ledger, load_calendar(), bucket="inbox", received_at=at, now=at).delivery


@pytest.mark.parametrize(
    ("key", "size", "what"),
    [
        ("H22019/0518/", 0, "marker of a folder"),
        ("H22019/", 0, "marker of a folder"),
        ("H22019/0518/formulieren/", 0, "marker of a folder"),
        ("H22019/0518", 0, "marker of a folder"),
        ("map/", 0, "marker of a folder"),
        ("H22019/0518/", 10, ""),
        ("H22019/0518", 10, ""),
        ("H22019/0518/x.csv", 0, ""),
        ("H22019/0518/WMO_H22019_x.csv.filepart", 10, "unfinished upload (WinSCP, Nextcloud, rclone and others)"),
        ("H22019/0518/.WMO_H22019_x.csv", 10, "hidden file of a system or program"),
        ("elders/Thumbs.db", 10, "file of Windows"),
        ("__MACOSX/WMO_H22019_x.csv", 10, ""),
    ],
)
def test_what_nobody_delivered_is_noted_and_counts_nowhere(key: str, size: int, what: str):
    inbox = Inbox()
    arrival = Arrival(Version(key, "v1", True, False, size, "", IN_WINDOW), parse_key(key), "sha")
    if arrival.key.place:
        inbox.ledger.history[arrival.key.place] = []
    taken = take(arrival, inbox.ledger, load_calendar(), bucket="inbox", received_at=IN_WINDOW, now=IN_WINDOW)
    assert taken.noted == what
    assert bool(taken.delivery.delivery_id) != bool(what)
    assert inbox.ledger.unplaced + sum(map(len, inbox.ledger.history.values())) == (0 if what else 1)


@pytest.mark.parametrize(
    ("key", "not_then"),
    [
        ("H22019/1979/WMO_H22019_x.csv", "1979"),
        ("H22019/1979/formulieren/intrekking.json", "1979"),
        ("H22019/0518/x.csv", None),
        ("H22019/x.csv", None),
        ("elders/1979/x.csv", None),
    ],
)
def test_a_key_tells_whose_folder_was_used_when_it_was_none_then(key: str, not_then: str | None):
    found = parse_key(key).not_then
    assert (found.municipality if found else None) == not_then


def test_uploads_without_versions_are_told_apart_and_known_again_under_the_id_they_get_later():
    def null(etag: str, second: int) -> Version:
        return Version("a", "null", True, False, 1, etag, dt.datetime(2020, 2, 10, 8, 0, second, tzinfo=dt.UTC))

    first, second = null("x", 1), null("y", 2)
    assert len({first.identity, second.identity, null("x", 2).identity}) == 3
    moment = dt.datetime(2020, 2, 10, 8, 0, 0, 250_000, tzinfo=dt.UTC).timestamp()
    later = Version("a", f"{moment:.5f}", False, False, 1, "x", dt.datetime(2020, 2, 11, tzinfo=dt.UTC))
    assert is_known(later, {("a", first.identity)})
    assert not is_known(later, {("a", second.identity)})
    assert not is_known(second, {("a", first.identity)})


@pytest.mark.parametrize(
    ("key", "placed"),
    [
        ("H22019/0518/WMO_H22019_x.csv", True),
        ("H12019/0518/formulieren/intrekking.json", True),
        ("H12019/0518/formulieren/Toelichting.JSON", True),
        ("H12019/0518/formulieren/iets.json", False),
        ("H12019/0518/intrekking.json", True),
        ("h22019/0518/x.csv", False),
        ("2019-H2/0518/x.csv", False),
        ("H32019/0518/x.csv", False),
        ("H10000/0518/x.csv", False),
        ("H22019/9999/x.csv", False),
        ("H22019/518/x.csv", False),
        ("H22019/0518/", False),
        ("H22019/0518/map/x.csv", False),
        ("x.csv", False),
        ("/H22019/0518/x.csv", False),
    ],
)
def test_keys(key: str, placed: bool):
    read = parse_key(key)
    assert (read.place is not None) == placed
    assert bool(read.problem) != placed
    assert (read.form is not None) == ("formulieren" in key and placed)


def test_order_is_time_of_receipt_then_the_moment_in_the_version_then_the_store():
    at = IN_WINDOW
    swift = [Version(key, moment, True, False, 1, "", at) for key, moment in (("a", "1580000000.00003"), ("b", "1580000000.00001"))]
    assert [v.key for v in in_order_of_receipt(swift)] == ["b", "a"]
    newest_first = [version("a", 2), version("a", 1)]
    assert [v.version_id for v in in_order_of_receipt(newest_first)] == ["v1", "v2"]
    later = [version("a", 1, at + dt.timedelta(seconds=1)), version("b", 2, at)]
    assert [v.key for v in in_order_of_receipt(later)] == ["b", "a"]


def test_the_22nd_counted_upload_is_over_the_limit_and_repeats_do_not_count():
    inbox = Inbox()
    first = inbox.upload("a")
    assert (first.delivery_id, first.state, first.attempt) == ("2019-H2.0518.01", "received", 1)
    repeat = inbox.upload("a")
    assert (repeat.delivery_id, repeat.state, repeat.attempt) == ("2019-H2.0518.02", "repeat", None)
    for number in range(2, 22):
        assert inbox.upload(f"content {number}").attempt == number
    over = inbox.upload("one too many")
    assert (over.state, over.attempt, over.delivery_id) == ("over_limit", 22, "2019-H2.0518.23")
    assert inbox.upload("two too many").state == "over_limit"


def test_a_b_a_is_three_deliveries_and_a_better_name_is_a_new_one():
    inbox = Inbox()
    assert [inbox.upload(content).state for content in "aba"] == ["received"] * 3
    assert inbox.upload("a", name="WMO_H22019_beter.csv").state == "received"


def test_no_right_to_read_counts_and_cannot_be_repeated():
    inbox = Inbox()
    assert [(d.state, d.attempt, d.verdict) for d in (inbox.upload(None), inbox.upload(None))] == [
        ("unreadable", 1, "rejected"),
        ("unreadable", 2, "rejected"),
    ]


def test_a_withdrawn_delivery_is_not_repeated_but_delivered_again():
    inbox = Inbox()
    first = inbox.upload("a")
    place = parse_key(f"H22019/0518/{NAME}").place
    inbox.ledger.history[place] = [replace(first, state="withdrawn", deleted_at=IN_WINDOW)]
    again = inbox.upload("a")
    assert (again.state, again.attempt) == ("received", 2)


@pytest.mark.parametrize(("afresh", "days", "state"), [(True, 1, "received"), (True, 0, "repeat"), (False, 1, "repeat")])
def test_refused_only_for_its_creation_date_it_is_checked_afresh_on_a_later_day(afresh: bool, days: int, state: str):
    inbox = Inbox(afresh=afresh)
    inbox.upload("a")
    assert inbox.upload("a", at=IN_WINDOW + dt.timedelta(days=days)).state == state


@pytest.mark.parametrize(
    ("moment", "folder", "state", "round_code"),
    [
        ((2020, 2, 2, 23, 59, 59), "H22019/0518", "early", "2019-H2"),
        ((2020, 2, 3), "H22019/0518", "received", "2019-H2"),
        ((2020, 3, 6, 23, 59, 59), "H22019/0518", "received", "2019-H2"),
        ((2020, 3, 7), "H22019/0518", "late", "2019-H2"),
        ((2019, 10, 4, 23, 59, 59), "H12019/0518", "received", "2019-H1"),
        ((2019, 10, 5), "H12019/0518", "late", "2019-H1"),
        ((2019, 11, 1), "H12019/0518", "early", "2019-H2"),
        ((2020, 2, 10), "H12019/0518", "received", "2019-H2"),
        ((2020, 2, 10), "H12018/0518", "late", "2018-H2"),
        ((2020, 2, 10), "H22020/0518", "unplaced", None),
    ],
)
def test_windows(moment: tuple[int, ...], folder: str, state: str, round_code: str | None):
    taken = Inbox().upload("a", at=dt.datetime(*moment, tzinfo=AMSTERDAM), folder=folder)
    assert (taken.state, taken.round and str(taken.round)) == (state, round_code)


def test_registered_after_the_close_it_is_late_though_it_came_in_time():
    assert Inbox(closed={("wmo", "2019-H2", "2019-H2")}).upload("a").state == "late"


def test_early_and_late_uploads_do_not_count_and_are_not_repeated():
    inbox = Inbox()
    assert inbox.upload("a", at=dt.datetime(2020, 1, 10, tzinfo=AMSTERDAM)).state == "early"
    counted = inbox.upload("a")
    assert (counted.state, counted.attempt, counted.upload_number) == ("received", 1, 2)


def test_unplaced_uploads_have_numbers_of_their_own():
    inbox = Inbox()
    assert [inbox.upload("a", folder=folder).delivery_id for folder in ("nobody", "knows/this")] == ["unplaced.0001", "unplaced.0002"]


@pytest.mark.parametrize(("counted", "left"), [(0, 20), (1, 20), (2, 19), (21, 0), (22, 0)])
def test_corrections_left(counted: int, left: int):
    assert Progress(None, counted).corrections_left == left


def test_every_state_is_known_and_nothing_comes_back_from_withdrawn():
    assert {target for targets in ALLOWED.values() for target in targets} <= set(STATES)
    assert ALLOWED["withdrawn"] == frozenset()
    assert "accepted" not in ALLOWED["published"]
