"""At most one delivery counts of a place: the database refuses a second one, whoever makes it, when the transaction ends."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gmsd.database import connect

CURRENT = ("approved", "loaded", "published")
REST = ("received", "early", "late", "repeat", "over_limit", "unreadable", "rejected", "superseded", "withdrawn")
INSERT = text(
    "INSERT INTO delivery (delivery_id, law, half_year, municipality, upload_number, round, bucket, object_key, version_id, file_name,"
    " size_bytes, received_at, registered_at, state) VALUES (:id, :law, :half_year, :municipality, :number, :round, 'b', :id, 'v', 'f', 1,"
    " now(), now(), :state)"
)
_numbers = iter(range(1, 10_000))


def delivery(state: str, municipality: str, *, law: str = "wmo", half_year: str = "2019-H1", round_: str = "2019-H1") -> dict[str, object]:
    number = next(_numbers)
    return {
        "id": f"{law}.{half_year}.{municipality}.{number}", "law": law, "half_year": half_year, "municipality": municipality,
        "number": number, "round": round_, "state": state,
    }  # fmt: skip


def made(settings, *deliveries: dict[str, object], role: str = "loader") -> None:
    with connect(settings, role).begin() as connection:
        for each in deliveries:
            connection.execute(INSERT, each)


def held(settings, municipality: str) -> list[tuple[str, str, str]]:
    """Law, half-year and state of every delivery of a municipality, in order."""
    asked = text("SELECT law, half_year, state FROM delivery WHERE municipality = :municipality ORDER BY law, half_year, state")
    with connect(settings, "loader").connect() as connection:
        return [tuple(row) for row in connection.execute(asked, {"municipality": municipality})]


@pytest.mark.parametrize("role", ["loader", "owner"])
@pytest.mark.parametrize("first", CURRENT)
@pytest.mark.parametrize("second", CURRENT)
def test_two_that_are_current_are_refused_whoever_makes_them(settings, role: str, first: str, second: str) -> None:
    made(settings, one := delivery(first, "0518"))
    with pytest.raises(DBAPIError, match="delivery_one_counts"):
        made(settings, delivery(second, "0518", round_="2019-H2"), role=role)
    other = delivery("accepted", "0518", round_="2019-H2")
    made(settings, other)
    with pytest.raises(DBAPIError, match="delivery_one_counts"), connect(settings, role).begin() as connection:
        connection.execute(text("UPDATE delivery SET state = :state WHERE delivery_id = :id"), {"state": second, "id": other["id"]})
    with connect(settings, "owner").begin() as connection:
        ids = [one["id"], other["id"]]
        connection.execute(text("UPDATE delivery SET state = 'superseded' WHERE delivery_id = ANY(:ids)"), {"ids": ids})


def test_within_a_close_the_new_one_may_count_before_the_old_one_is_superseded(settings) -> None:
    old, new = delivery("published", "0363"), delivery("accepted", "0363", round_="2019-H2")
    made(settings, old, new)
    with connect(settings, "loader").begin() as connection:
        for delivery_id, state in ((new["id"], "approved"), (old["id"], "superseded")):
            connection.execute(text("UPDATE delivery SET state = :state WHERE delivery_id = :id"), {"state": state, "id": delivery_id})
    assert held(settings, "0363") == [("wmo", "2019-H1", "approved"), ("wmo", "2019-H1", "superseded")]


def test_a_close_that_leaves_two_that_count_changes_nothing(settings) -> None:
    """It is the end of the transaction that asks."""
    old, new = delivery("published", "0637"), delivery("accepted", "0637", round_="2019-H2")
    made(settings, old, new)
    with pytest.raises(DBAPIError, match="delivery_one_counts"), connect(settings, "loader").begin() as connection:
        connection.execute(text("UPDATE delivery SET state = 'approved' WHERE delivery_id = :id"), {"id": new["id"]})
    assert held(settings, "0637") == [("wmo", "2019-H1", "accepted"), ("wmo", "2019-H1", "published")]


def test_of_a_round_one_is_accepted(settings) -> None:
    made(settings, delivery("accepted", "0344"))
    with pytest.raises(DBAPIError, match="delivery_one_accepted"):
        made(settings, delivery("accepted", "0344"))
    made(settings, delivery("accepted", "0344", round_="2019-H2"))  # of another round, which closes later
    assert held(settings, "0344") == [("wmo", "2019-H1", "accepted")] * 2


def test_places_laws_and_half_years_stand_by_themselves(settings) -> None:
    made(
        settings,
        delivery("published", "0599"),
        delivery("published", "0995"),
        delivery("published", "0599", half_year="2019-H2"),
        delivery("published", "0599", law="jeugd"),
    )
    assert held(settings, "0599") == [
        ("jeugd", "2019-H1", "published"),
        ("wmo", "2019-H1", "published"),
        ("wmo", "2019-H2", "published"),
    ]
    with pytest.raises(DBAPIError, match="delivery_one_counts"):  # of one of them there is no second
        made(settings, delivery("published", "0599", law="jeugd"))


@pytest.mark.parametrize("state", REST)
def test_whatever_does_not_count_may_stand_there_as_often_as_it_came(settings, state: str) -> None:
    own = f"90{REST.index(state):02d}"
    made(settings, delivery("published", own), *(delivery(state, own) for _ in range(3)))
    assert [found for *_, found in held(settings, own)] == sorted(["published", *[state] * 3])
