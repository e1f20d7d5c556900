"""What an address asks for: unknown names are ignored, unknown values are not."""

from __future__ import annotations

import pytest

from gmsd.web.site.choices import LONGEST, UnknownValueError, read_query


def test_a_known_name_is_read_and_another_is_ignored():
    asked = read_query("/gemeente/GM0518", b"periode=2019HJ02&onzin=1&weergave=lijst&formaat=", ("periode", "weergave", "formaat"))
    assert asked.given == {"formaat": "", "periode": "2019HJ02", "weergave": "lijst"}
    assert (asked.view, asked.download) == ("lijst", None)


def test_a_value_that_does_not_exist_is_refused():
    with pytest.raises(UnknownValueError, match="weergave"):
        _ = read_query("/", b"weergave=kaart", ("weergave",)).view
    with pytest.raises(UnknownValueError, match="formaat"):
        _ = read_query("/", b"formaat=pdf", ("formaat",)).download


@pytest.mark.parametrize("query", [b"a=%ff", b"a=" + b"x" * LONGEST, b"a=\xff", b"&".join([b"a=1"] * 200)])
def test_an_address_that_cannot_be_read_is_refused(query):
    with pytest.raises(UnknownValueError):
        read_query("/", query, ("a",))


def test_links_keep_the_choice_that_lasts():
    asked = read_query("/gemeente/GM0518", b"periode=2019HJ02&weergave=lijst", ("periode", "weergave"))
    assert asked.link("/onderwerp/83262NED") == "/onderwerp/83262NED?weergave=lijst"
    assert asked.other(periode="2019JJ00") == "/gemeente/GM0518?periode=2019JJ00&weergave=lijst"
    assert asked.other(weergave=None) == "/gemeente/GM0518?periode=2019HJ02"
    assert read_query("/", b"weergave=grafiek", ("weergave",)).link("/uitgaven") == "/uitgaven"


def test_families_of_names_are_known():
    assert read_query("/", b"filter.grootte=a&gewicht.wonen=2", (), families=("filter.",)).given == {"filter.grootte": "a"}
