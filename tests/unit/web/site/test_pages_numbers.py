"""Every number of every page is the release's, none is missing, and nothing that is not shown is told by a page or a download."""

from __future__ import annotations

import csv
import io
import re
from functools import cache

import pytest
from starlette.testclient import TestClient

from gmsd.web.site import create_app
from tests.support.bundles import Bundles, one_release, two_releases
from tests.support.site_numbers import Page, Release, faults, numbers_of

TABLES = ("83262NED", "83264NED", "86050NED", "83268NED", "GMSDMA01", "GMSDNL01")


@cache
def client_of(held: Bundles) -> TestClient:
    return TestClient(create_app(held))


@pytest.fixture(scope="module", params=["one", "two"])
def site(request: pytest.FixtureRequest) -> tuple[TestClient, Release, dict[str, Release]]:
    held = {"one": one_release, "two": two_releases}[request.param]()
    releases = {each: Release(files) for each, files in held.held.items()}
    return client_of(held), releases[held.now[0]], {each: found for each, found in releases.items() if each != held.now[0]}


def page(site: TestClient, address: str) -> Page:
    answer = site.get(address)
    assert answer.status_code == 200, address
    return numbers_of(answer.text)


def test_every_number_of_a_municipality_is_published_and_none_is_missing(site):
    answers, now, earlier = site
    for region in ("GM0518", "GM0363", "GM0034", "GM0050", "GM1680"):
        for period in ("2019HJ01", "2019HJ02", "2019JJ00"):
            for view in ("grafiek", "lijst"):
                found = page(answers, f"/gemeente/{region}?periode={period}&weergave={view}")
                assert faults(found, now, earlier) == []
                shown = {_key(each.about) for each in found.numbers if each.about.get("data-region") == region}
                own = {key for key in now.cells if key[3] == region and key[2] == period}
                assert own <= shown, (region, period, view, sorted(own - shown)[:3])


def test_every_number_of_a_topic_is_published_and_none_is_missing(site):
    answers, now, earlier = site
    for table in TABLES:
        groups = sorted({key[4] for key in now.cells if key[0] == table})
        for group in groups[:2]:
            for period in sorted({key[2] for key in now.cells if key[0] == table}):
                found = page(answers, f"/onderwerp/{table}?periode={period}&groep={group}")
                assert faults(found, now, earlier) == []
                shown = {_key(each.about) for each in found.numbers if "data-derived" not in each.about}
                wanted = {key for key in now.cells if (key[0], key[2], key[4]) == (table, period, group)}
                absent = {key for key in wanted - shown if now.cells[key][0] is not None}
                assert absent == set()


def test_every_number_of_a_comparison_is_published(site):
    answers, now, earlier = site
    for address in (
        "/vergelijken/GM0518?periode=2019HJ02",
        "/vergelijken/GM0050?aantal=25&anders=ja",
        "/vergelijken/GM0184?filter.provincie=Flevoland",
    ):
        found = page(answers, address)
        assert faults(found, now, earlier) == []
        assert {each.about["data-table"] for each in found.numbers} == set(TABLES) - {"GMSDNL01"}
        told = {each.about["data-period"] for each in found.numbers if each.about["data-table"] == "83262NED"}
        assert told == {"2019HJ01", "2019HJ02"}


def test_the_numbers_of_the_start_are_published(site):
    answers, now, earlier = site
    found = page(answers, "/")
    assert faults(found, now, earlier) == []
    assert {each.about["data-region"] for each in found.numbers} == {"NL01"}
    assert {each.about["data-table"] for each in found.numbers} == set(TABLES)


def test_what_a_release_before_showed_stands_beside_what_is_shown_now():
    answers = client_of(two_releases())
    told = [each for each in page(answers, "/gemeente/GM0518?periode=2019HJ01").numbers if "data-release" in each.about]
    assert {each.about["data-release"] for each in told} == {"r0001"}
    assert not [each for each in page(answers, "/gemeente/GM0518?periode=2019HJ02").numbers if "data-release" in each.about]


def test_a_download_holds_what_the_page_shows_and_no_more(site):
    answers, _now, _earlier = site
    for address in ("/gemeente/GM0050?periode=2019HJ02", "/onderwerp/83262NED?periode=2019HJ02", "/"):
        given = answers.get(address, params={**_query(address), "formaat": "csv"})
        assert given.content.startswith(b"\xef\xbb\xbf")
        rows = list(csv.DictReader(io.StringIO(given.content.decode("utf-8-sig")), delimiter=";"))
        shown = [each for each in page(answers, address).numbers if "data-release" not in each.about]
        assert {(row["tabel"], row["code"], row["waarde"].replace(",", ".")) for row in rows} == {
            (each.about["data-table"], each.about.get("data-region", ""), each.about["data-value"]) for each in shown
        }
        for row in rows:
            assert bool(row["waarde"]) != bool(row["ontbreekt"])
            assert not re.search(r"\d", row["ontbreekt"])


def test_a_secret_figure_is_told_nowhere():
    """Zeewolde's counts of six and less: no page or file beside its row holds a number for it."""
    answers = client_of(two_releases())
    for address in ("/gemeente/GM0050", "/onderwerp/83262NED", "/onderwerp/83262NED?groep=A019508"):
        secret = [each for each in page(answers, address).numbers if each.about.get("data-region") == "GM0050"]
        assert secret
        assert {each.about["data-value"] for each in secret if each.about.get("data-reason") == "geheim"} == {""}
        order = [each.about.get("data-region") for each in page(answers, address).numbers if each.about["data-measure"] == "WmoClienten_1"]
        listed = page(answers, f"{address}{'&' if '?' in address else '?'}weergave=lijst").numbers
        assert order == [each.about.get("data-region") for each in listed if each.about["data-measure"] == "WmoClienten_1"]


def test_a_fault_is_found():
    """The tests above can fail."""
    held = one_release()
    now = Release(held.held["r0001"])
    text = client_of(held).get("/gemeente/GM0518").text
    wrong = text.replace('data-value="51800"', 'data-value="51801"', 1)
    assert wrong != text
    assert len(faults(numbers_of(wrong), now)) == 1
    told = re.sub(r'(data-reason="geheim">)geheim', r"\g<1>geheim (7)", client_of(held).get("/gemeente/GM0050").text, count=1)
    assert len(faults(numbers_of(told), now)) == 1


def _key(about: dict[str, str]) -> tuple[str, str, str, str, str]:
    return (about["data-table"], about["data-measure"], about["data-period"], about["data-region"], about["data-group"])


def _query(address: str) -> dict[str, str]:
    return dict(part.split("=") for part in address.partition("?")[2].split("&") if part)
