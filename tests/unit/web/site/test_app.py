"""The site as an application: addresses, status codes, headers, caching, files of releases."""

from __future__ import annotations

import gzip
import hashlib
import re
from functools import cache

import pytest
from starlette.testclient import TestClient

from gmsd.web.site import create_app, pages
from gmsd.web.site.current import Current
from tests.support.bundles import Bundles, one_release, two_releases


@cache
def client(held: Bundles) -> TestClient:
    return TestClient(create_app(held), raise_server_exceptions=False)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/", 200), ("/?zoek=den+haag", 200), ("/gemeente/GM0518", 200), ("/gemeente/GM0518?wet=wmo&periode=2019HJ02&weergave=lijst", 200),
        ("/gemeente/GM0007", 200), ("/gemeente/GM9999", 404), ("/gemeente/0518", 404), ("/gemeente/GM0518?wet=jeugd", 404),
        ("/gemeente/GM0518?wet=bijstand", 400), ("/gemeente/GM0518?periode=2031HJ01", 400), ("/gemeente/GM0518?weergave=kaart", 400),
        ("/gemeente/GM0518?formaat=pdf", 400), ("/gemeente/GM0518?onbekend=1", 200), ("/onderwerp/83262NED", 200),
        ("/onderwerp/83262NED?periode=2019JJ00&groep=A019507", 200), ("/onderwerp/83262NED?groep=P01", 400), ("/onderwerp/99999NED", 404),
        ("/onderwerp/GMSDNL01", 200), ("/uitgaven", 200), ("/uitgaven/r0001", 200), ("/uitgaven/r0099", 404), ("/uitgaven.atom", 200),
        ("/aankondigingen", 200), ("/verwijzen", 200), ("/open-data", 200), ("/toegankelijkheid", 200), ("/gezond", 200),
        ("/stijl.css", 200),
        ("/uitgaven/r0001/release.json", 200), ("/uitgaven/r0001/CHANGES.md", 200), ("/uitgaven/r0001/csv/83262NED.csv", 200),
        ("/uitgaven/r0001/../../x", 404), ("/uitgaven/r0001/csv/geheim.csv", 404), ("/bestaat-niet", 404), ("/odata/bestaat-niet", 404),
        ("/ODataApi/odata/83262NED", 200), ("/odata/v4/83262NED", 200), ("/onderwerp/83262NED?weergave=foto", 400),
    ],
)  # fmt: skip
def test_an_address_has_its_answer(address: str, status: int):
    answer = client(two_releases()).get(address)
    assert answer.status_code == status
    assert not re.search(r"Traceback|site-packages|/plugins/", answer.text)


def test_a_refusal_is_a_dutch_page_with_a_number():
    answer = client(two_releases()).get("/gemeente/GM9999")
    assert re.search(r"Nummer van deze melding: [0-9a-f]{8}", answer.text)
    assert '<html lang="nl">' in answer.text
    assert "no-store" in answer.headers["cache-control"]


def test_a_page_lets_nothing_in_from_elsewhere_and_holds_no_script():
    for address in ("/", "/gemeente/GM0518", "/onderwerp/83262NED", "/uitgaven/r0002"):
        answer = client(two_releases()).get(address)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert (answer.headers["referrer-policy"], answer.headers["x-content-type-options"]) == ("no-referrer", "nosniff")
        assert not re.search(r"<script|\son\w+=|style=|(?:src|href)=\"(?:https?:)?//(?!creativecommons)", answer.text)
        assert "set-cookie" not in answer.headers


def test_the_same_release_is_the_same_bytes_in_any_process():
    for address in ("/", "/gemeente/GM0518", "/onderwerp/83262NED?groep=A019507", "/uitgaven", "/gemeente/GM0518?formaat=ods"):
        one, other = (TestClient(create_app(two_releases())).get(address) for _ in range(2))
        assert one.content == other.content
        assert one.headers["etag"] == other.headers["etag"]
    digest = hashlib.sha256(two_releases().document("r0002")).hexdigest()
    assert digest in client(two_releases()).get("/").text


def test_who_has_the_page_is_told_so_and_another_release_is_another_page():
    site = client(two_releases())
    first = site.get("/gemeente/GM0518")
    assert site.get("/gemeente/GM0518", headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    assert site.get("/gemeente/GM0518", headers={"If-None-Match": '"other"'}).status_code == 200
    assert first.headers["last-modified"] == "Mon, 04 May 2020 09:00:00 +0200" or first.headers["last-modified"].endswith("GMT")
    assert client(one_release()).get("/gemeente/GM0518").headers["etag"] != first.headers["etag"]


def test_a_page_is_packed_for_who_takes_that_only():
    site = client(two_releases())
    packed = site.get("/gemeente/GM0518", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    for said in ("identity", "gzip;q=0", "br"):
        plain = site.get("/gemeente/GM0518", headers={"Accept-Encoding": said})
        assert "content-encoding" not in plain.headers
        assert plain.text == packed.text
    assert "Accept-Encoding" in packed.headers["vary"]


def test_a_page_is_made_once():
    app = create_app(two_releases())
    site = TestClient(app)
    addresses = ["/gemeente/GM0518", "/gemeente/GM0518?onzin=3", "/gemeente/GM0518?weergave="]
    assert len({site.get(each).content for each in addresses}) == 1


def test_what_is_made_ahead_is_what_a_reader_gets():
    now, site = Current(two_releases()).get(), client(two_releases())
    ahead = [*pages.first_pages(now), *pages.further_pages(now)]
    assert len({asked.other() for asked, _ in ahead}) == len(ahead)
    for asked, make in [*ahead[:3], *ahead[3::450], ahead[-1]]:
        made = pages.written(make(now, asked), now, asked)
        assert gzip.decompress(made.packed) == site.get(asked.other()).content


def test_files_are_what_was_published():
    held = two_releases()
    answer = client(held).get("/uitgaven/r0002/csv/83262NED.csv")
    assert answer.content == held.held["r0002"]["csv/83262NED.csv"]
    assert "attachment" in answer.headers["content-disposition"]


def test_files_of_a_release_with_something_withdrawn_since_are_not_given_but_its_page_is():
    held = Bundles({"r0001": one_release().held["r0001"], "r0002": two_releases().held["r0002"]}, ("r0002",))
    site = client(held)
    page = site.get("/uitgaven/r0001")
    assert page.status_code == 200
    assert "geven wij niet meer" in page.text
    assert hashlib.sha256(held.held["r0001"]["csv/83262NED.csv"]).hexdigest() in page.text
    assert site.get("/uitgaven/r0001/csv/83262NED.csv").status_code == 410
    assert site.get("/uitgaven/r0001/release.json").status_code == 410


def test_only_reading_is_possible():
    for verb in ("POST", "PUT", "PATCH", "DELETE"):
        answer = client(two_releases()).request(verb, "/gemeente/GM0518")
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_nothing_published_is_said():
    class Nothing(Bundles):
        def current(self):
            from gmsd.releases import NoReleaseError

            raise NoReleaseError("none")

    site = TestClient(create_app(Nothing({}, ())))
    assert site.get("/").status_code == 503
    assert site.get("/ODataCatalog").status_code == 503
    assert site.get("/gezond").text == "ok"


def test_the_choice_of_lists_lasts():
    text = client(two_releases()).get("/gemeente/GM0518?weergave=lijst").text
    internal = re.findall(r'href="(/(?:gemeente|onderwerp|uitgaven)[^"]*)"', text)
    pages = [each for each in internal if "atom" not in each and "grafieken" not in each]
    assert pages
    assert [each for each in pages if "weergave=lijst" not in each] == ["/gemeente/GM0518"]


def test_a_municipality_that_ended_leads_to_who_took_it_over():
    text = client(two_releases()).get("/gemeente/GM0007").text
    assert 'href="/gemeente/GM1950"' in text
    assert "Bellingwedde is opgegaan in Westerwolde per 1 januari 2018." in text
