"""What the work list says of a place, by what came in and the day."""

from __future__ import annotations

import datetime as dt

import pytest

from gmsd.deliveries import STATES, Delivery, Progress
from gmsd.dutch import dutch_day
from gmsd.rounds import HalfYear, Place, load_calendar
from gmsd.web.portal.work_list import WORDS, item_of

ROUND = load_calendar().round("2019-H2")
PLACE = Place("wmo", HalfYear(2019, 2), "0518")
OPEN, AFTER = ROUND.opens_at + dt.timedelta(days=1), ROUND.window_ends_at


def delivery(state: str, number: int = 1) -> Delivery:
    receipt = (f"{PLACE.id}.{number:02d}", PLACE, number, ROUND.code, "b", "k", "v", "WMO_H22019_x.csv", "0" * 64, 1, OPEN, OPEN)
    return Delivery(*receipt, state, "", number, None, None, None, None)


@pytest.mark.parametrize(
    ("states", "counts", "at", "status", "turn"),
    [
        ([], False, ROUND.opens_at - dt.timedelta(days=1), "nog niet open", ""),
        ([], False, OPEN, "nog niet geleverd", "u"),
        ([], False, AFTER, "niet geleverd", ""),
        ([], True, OPEN, "eerdere levering telt", ""),
        (["received"], False, OPEN, "wordt gecontroleerd", "wij"),
        (["rejected"], False, OPEN, "afgekeurd", "u"),
        (["rejected"], False, AFTER, "afgekeurd", ""),
        (["accepted", "rejected"], True, OPEN, "laatste bestand afgekeurd", "u"),
        (["superseded", "accepted"], True, OPEN, "goedgekeurd", ""),
        (["accepted", "repeat"], True, OPEN, "goedgekeurd", ""),
        (["accepted"], True, ROUND.withdrawal_ends_at, "goedgekeurd", "wij"),
        (["withdrawn"], False, OPEN, "ingetrokken", ""),
        (["withdrawn"], True, OPEN, "goedgekeurd", ""),
        (["published"], True, ROUND.closes_at, "gepubliceerd", ""),
    ],
)
def test_the_words_say_whose_turn_it_is(states, counts, at, status, turn):
    found = [delivery(state, number) for number, state in enumerate(states, 1)]
    item = item_of(
        PLACE, ROUND, found, Progress(found[0] if counts and found else delivery("accepted") if counts else None, len(found)), at
    )
    assert (item.status, item.turn) == (status, turn)
    assert item.sentence.endswith(".")
    assert item.address == "H22019/0518"


def test_after_the_last_attempt_nothing_can_be_sent():
    item = item_of(PLACE, ROUND, [delivery("rejected", 21)], Progress(None, 21), OPEN)
    assert (item.attempts_left, item.may_upload, item.turn) == (0, False, "")


def test_who_was_granted_days_can_send_on_the_last_of_them_and_not_after():
    until = ROUND.window_last + dt.timedelta(days=3)
    last, after = AFTER + dt.timedelta(days=3, seconds=-1), AFTER + dt.timedelta(days=3)
    for states, status in (([], "nog niet geleverd"), (["rejected"], "afgekeurd")):
        found = [delivery(state) for state in states]
        item = item_of(PLACE, ROUND, found, Progress(None, len(found)), last, until)
        assert (item.may_upload, item.turn, item.status, item.last) == (True, "u", status, until)
        assert dutch_day(until) in item.sentence
        item = item_of(PLACE, ROUND, found, Progress(None, len(found)), after, until)
        assert (item.may_upload, item.turn) == (False, "")
        assert dutch_day(until) in item.sentence
        assert not item_of(PLACE, ROUND, found, Progress(None, len(found)), last).may_upload


def test_every_state_of_a_delivery_has_words():
    assert set(STATES) - {"unplaced"} <= set(WORDS)
