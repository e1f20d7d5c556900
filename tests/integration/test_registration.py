"""Coordinators, their terms and their personal links, in a real database and by the command."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gmsd.clock import AMSTERDAM
from gmsd.journal import trail, verify_chain
from gmsd.registration import (
    AddressTakenError,
    BadAddressError,
    LinkRefusedError,
    TermConflictError,
    UnknownCoordinatorError,
    add_term,
    all_terms,
    coordinator_of,
    end_terms,
    find_link,
    links_of,
    make_link,
    places_of,
    revoke_links,
    serving,
    state_of,
)
from gmsd.rounds import HalfYear, Place

DAY = dt.date(2020, 2, 3)
AT = dt.datetime(2020, 2, 3, 9, tzinfo=AMSTERDAM)
HAGUE = Place("wmo", HalfYear(2019, 2), "0518")


@pytest.fixture
def connection(context):
    """Nothing of a test stays."""
    with context.engine.connect() as opened, opened.begin() as transaction:
        yield opened
        transaction.rollback()


def add(connection, address: str, code: str = "0518", first: dt.date = DAY, **more):
    return add_term(connection, address, code, first, at=AT, actor="engineer", **more)


def test_a_new_coordinator_replaces_an_old_one_with_a_date_and_history_is_kept(connection):
    old = add(connection, "oud@gemeente.invalid", first=dt.date(2019, 9, 1))
    add(connection, "nieuw@gemeente.invalid")
    assert [each.addresses[0] for each in serving(connection, HAGUE, DAY)] == ["oud@gemeente.invalid", "nieuw@gemeente.invalid"]
    assert end_terms(connection, "OUD@gemeente.invalid", "0518", DAY, at=AT, actor="engineer") == (replace(old, valid_to=DAY),)
    assert [each.addresses[0] for each in serving(connection, HAGUE, DAY)] == ["nieuw@gemeente.invalid"]
    assert [each.addresses[0] for each in serving(connection, HAGUE, DAY - dt.timedelta(days=1))] == ["oud@gemeente.invalid"]
    assert [(each.addresses[0], term.valid_to) for each, term in all_terms(connection)] == [
        ("oud@gemeente.invalid", DAY),
        ("nieuw@gemeente.invalid", None),
    ]


def test_one_coordinator_serves_several_by_several_addresses_and_the_same_again_changes_nothing(connection):
    first = add(connection, "zorg@gemeente.invalid", further=["tweede@gemeente.invalid"], contact="Team zorg", correspondence_number="17")
    second = add(connection, "tweede@gemeente.invalid", "0363")
    assert first.coordinator_id == second.coordinator_id
    rows = len(list(trail(connection, first.coordinator_id)))
    assert add(connection, "Zorg@Gemeente.invalid") == first
    assert len(list(trail(connection, first.coordinator_id))) == rows
    assert add(connection, "zorg@gemeente.invalid", correspondence_number="18").correspondence_number == "18"
    assert [term.municipality for term in places_of(connection, first.coordinator_id, DAY)] == ["0363", "0518"]
    found = coordinator_of(connection, "TWEEDE@gemeente.invalid")
    assert (found.addresses, found.contact) == (("zorg@gemeente.invalid", "tweede@gemeente.invalid"), "Team zorg")


@pytest.mark.parametrize(
    "address", ["", "geen", "a@", "@b.nl", "a b@c.nl", "a@b.nl\nBcc: x@y.nl", "a" * 250 + "@b.nl", "A <a@b.nl>", "a@b.nl,c@d.nl"]
)
def test_what_is_no_address_is_refused(connection, address):
    with pytest.raises(BadAddressError):
        add(connection, address)


def test_what_cannot_be_is_refused(connection):
    add(connection, "a@gemeente.invalid")
    add(connection, "b@gemeente.invalid", "0363")
    with pytest.raises(AddressTakenError):
        add(connection, "a@gemeente.invalid", "0599", further=["b@gemeente.invalid"])
    with pytest.raises(TermConflictError):
        add(connection, "a@gemeente.invalid", first=DAY + dt.timedelta(days=5))
    with pytest.raises(TermConflictError):
        add(connection, "a@gemeente.invalid", law="wmo")
    with pytest.raises(TermConflictError):
        end_terms(connection, "a@gemeente.invalid", "0363", DAY, at=AT, actor="engineer")
    with pytest.raises(UnknownCoordinatorError):
        end_terms(connection, "c@gemeente.invalid", "0363", DAY, at=AT, actor="engineer")
    with pytest.raises(KeyError):
        add(connection, "a@gemeente.invalid", "9999")


def test_a_link_opens_until_it_is_revoked_its_round_ends_or_its_coordinator_does(connection, context):
    calendar, of = context.calendar, context.calendar.round("2019-H2")
    name = add(connection, "a@gemeente.invalid").coordinator_id
    token = make_link(connection, context.settings, name, of, at=AT, actor="engineer")
    assert token is not None
    assert len(token) == 43
    assert make_link(connection, context.settings, name, of, at=AT, actor="intake") == token

    found = find_link(connection, calendar, token, AT)
    assert found is not None
    assert (found.coordinator_id, found.round_id, found.number) == (name, "2019-H2", 1)
    last = dt.datetime(2020, 3, 20, 23, 59, tzinfo=AMSTERDAM)
    assert find_link(connection, calendar, token, last) == found
    assert find_link(connection, calendar, token, last + dt.timedelta(minutes=1)) is None
    for wrong in ("", token[:-1], token + "x", "x" * 5000, "\udce9"):
        assert find_link(connection, calendar, wrong, AT) is None
    with pytest.raises(LinkRefusedError):
        make_link(connection, context.settings, name, of, at=last + dt.timedelta(minutes=1), actor="engineer")

    assert revoke_links(connection, name, of, at=AT, actor="engineer") == 1
    assert revoke_links(connection, name, of, at=AT, actor="engineer") == 0
    assert find_link(connection, calendar, token, AT) is None
    assert make_link(connection, context.settings, name, of, at=AT, actor="intake", after_revoking=False) is None
    second = make_link(connection, context.settings, name, of, at=AT, actor="engineer")
    assert second not in (None, token)
    assert [state_of(connection, calendar, each, AT) for each in links_of(connection, name)] == ["revoked", "in use"]

    end_terms(connection, "a@gemeente.invalid", "0518", DAY + dt.timedelta(days=1), at=AT, actor="engineer")
    assert find_link(connection, calendar, str(second), AT) is not None
    assert find_link(connection, calendar, str(second), AT + dt.timedelta(days=1)) is None
    with pytest.raises(LinkRefusedError):
        make_link(connection, context.settings, name, of, at=AT + dt.timedelta(days=1), actor="engineer")


def test_neither_token_nor_address_stands_where_it_should_not(connection, context):
    of = context.calendar.round("2019-H2")
    name = add(connection, "a@gemeente.invalid").coordinator_id
    token = str(make_link(connection, context.settings, name, of, at=AT, actor="engineer"))
    rows = connection.execute(text("SELECT * FROM personal_link")).mappings().all()
    assert [row["hash"] for row in rows] == [hashlib.sha256(token.encode()).hexdigest()]
    told = json.dumps([*map(str, rows), *trail(connection)])
    assert token not in told
    assert "gemeente.invalid" not in told
    assert [row["event"] for row in trail(connection, name)] == ["registered", "serves", "link made"]
    assert verify_chain(connection).whole


def test_what_was_once_so_cannot_be_deleted(context):
    for table in ("coordinator", "coordinator_address", "coordinator_term", "personal_link"):
        with context.engine.connect() as opened, pytest.raises(DBAPIError):
            opened.execute(text(f"DELETE FROM {table}"))


def test_by_the_command(gmsd, context, clock):
    clock.move(AT)
    assert json.loads(gmsd("coordinators", "list", "--json").stdout) == []
    gmsd("coordinators", "add", "team@gemeente.invalid", "--municipality", "0518", "--from", "2019-09-01", "--number", "12345")
    added = json.loads(
        gmsd(
            "coordinators", "add", "nieuw@gemeente.invalid", "--municipality", "0518", "--from", "2020-02-03", "--replace", "--json"
        ).stdout
    )
    assert (added["address"], added["municipality"], added["from"], added["to"]) == ("nieuw@gemeente.invalid", "0518", "2020-02-03", None)
    made = gmsd("coordinators", "link", "nieuw@gemeente.invalid", "--round", "2019-H2").stdout
    token = made.strip().rpartition("/link/")[2]
    assert made == f"{context.settings.portal_url}/link/{token}\n"
    listed = json.loads(gmsd("coordinators", "list", "--json").stdout)
    assert [(each["address"], each["from"], each["to"], each["serves"], [link["state"] for link in each["links"]]) for each in listed] == [
        ("team@gemeente.invalid", "2019-09-01", "2020-02-03", False, []),
        ("nieuw@gemeente.invalid", "2020-02-03", None, True, ["in use"]),
    ]
    assert token not in json.dumps(listed)
    gmsd("coordinators", "link", "nieuw@gemeente.invalid", "--round", "2019-H2", "--revoke")
    with context.engine.connect() as connection:
        assert find_link(connection, context.calendar, token, AT) is None
    gmsd("coordinators", "end", "nieuw@gemeente.invalid", "--municipality", "0518", "--on", "2020-03-01")
    without = json.loads(gmsd("coordinators", "list", "--missing", "--json").stdout)
    assert len(without) == 354
    for wrong, status in (
        (("add", "geen adres", "--municipality", "0518", "--from", "2020-02-03"), 2),
        (("add", "a@b.nl", "--municipality", "9999", "--from", "2020-02-03"), 2),
        (("add", "a@b.nl", "--municipality", "0518", "--from", "3 februari"), 2),
        (("end", "niemand@b.nl", "--municipality", "0518", "--on", "2020-02-03"), 1),
        (("link", "niemand@b.nl", "--round", "2019-H2"), 1),
        (("link", "nieuw@gemeente.invalid", "--round", "volgende"), 2),
    ):
        refused = gmsd("coordinators", *wrong)
        assert (refused.returncode, "Traceback" in refused.stderr) == (status, False), refused.stderr
