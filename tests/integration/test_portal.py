"""The portal on real services: what an upload becomes, what is refused before it is stored, and what is left when one is cut off."""

from __future__ import annotations

import datetime as dt
import hashlib
import http.client
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from gmsd.clock import AMSTERDAM
from gmsd.deliveries import get, listing
from gmsd.intake import register_inbox
from gmsd.journal import trail, verify_chain
from gmsd.reference import municipalities
from gmsd.rounds import HalfYear
from gmsd.store import get_store
from tests.support.portal import Browser, field, personal_link, portal_of
from tests.support.waiting import until

HEAD = (
    "Aanmaakdatum_bestand;Gemeentecode;BSN;Type_maatwerkarrangement;Startdatum_ondersteuning;Einddatum_ondersteuning;Leveringsvorm;"
    "Nummer_toewijzing;Volume;Eenheid;Frequentie;Reden_beeindiging;Reden_wijziging_toewijzing"
)
ADDRESS = "/levering/H22019/0518"
AT = dt.datetime(2020, 2, 10, 9, 0, tzinfo=AMSTERDAM)
SINCE = dt.date(2020, 1, 1)
HAGUE = ("team@denhaag.invalid", "2019-H2")


def rows(municipality: str, count: int = 3, first: int = 0) -> bytes:
    lines = [f"20200203;{municipality};999900006;01;20180101;;1;{first + number};10;04;2;;" for number in range(1, count + 1)]
    return "\n".join([HEAD, *lines, ""]).encode()


@pytest.fixture(scope="module")
def context(context, clock):
    clock.move(AT)
    return context


@pytest.fixture(scope="module")
def portal(settings, context):
    with portal_of(settings) as found:
        yield found


@pytest.fixture
def browser(portal, context):
    with Browser(portal.url) as found:
        assert found.enter(personal_link(context, *HAGUE, "0518", since=SINCE)).status_code == 303
        yield found


def delivered(context, municipality: str = "0518"):
    with context.engine.connect() as connection:
        return listing(connection, municipality=municipality)


def test_from_the_link_to_a_receipt_that_proves(browser, context, store, settings):
    work = browser.get("/")
    assert "u aan zet" in work.text
    data = rows("0518")
    sent = browser.deliver(ADDRESS, "WMO_H22019_denhaag.csv", data)
    assert sent.status_code == 303, sent.text
    receipt = browser.get(sent.headers["location"])
    delivery_id = sent.headers["location"].removeprefix("/ontvangst/")
    with context.engine.connect() as connection:
        delivery = get(connection, delivery_id)
        row = next(row for row in list(trail(connection, delivery_id)) if row["event"] == "registered")
        assert verify_chain(connection).whole
    assert delivery.object_key == "H22019/0518/WMO_H22019_denhaag.csv"
    assert store.get(settings.bucket_inbox, delivery.object_key, delivery.version_id) == data
    assert store.get(settings.bucket_deliveries, delivery_id) == data
    for told in (delivery_id, hashlib.sha256(data).hexdigest(), "4 regels", delivery.version_id, row["hash"], f"regel {row['sequence']}"):
        assert told in receipt.text
    assert f"{len(data)} bytes" in receipt.text


def in_the_store(store, settings) -> tuple[int, int]:
    """How many versions the inbox has, and uploads in parts that are not finished."""
    return len(list(store.versions(settings.bucket_inbox))), len(list(store.unfinished(settings.bucket_inbox)))


@pytest.mark.parametrize(
    ("name", "data", "title"),
    [
        ("WMO_H22019_x.csv", b"PK\x03\x04" + bytes(200), "Dit is geen csv-bestand"),
        ("WMO_H22019_x.csv", b"%PDF-1.7\n" + bytes(9), "Dit is geen csv-bestand"),
        ("WMO_H12019_x.csv", rows("0518"), "Dit bestand is van een ander halfjaar"),
        ("WMO_H22019_x.csv", rows("0363"), "Dit bestand is van een andere gemeente"),
        ("WMO_H22019_x.csv", HEAD.encode() + b"\n", "Dit bestand is nog niet ingevuld"),
        ("WMO_H22019_x.csv", b"", "Dit bestand is leeg"),
        ("WMO_H22019_x.csv", b"naam;plaats\na;b\n", "Dit is niet het bestand van deze uitvraag"),
        ("JEUGD_H22019_x.csv", rows("0518"), "Dit bestand kunnen wij niet aannemen"),
        ("WMO_H22019_x.xls", rows("0518"), "Dit bestand kunnen wij niet aannemen"),
        (f"WMO_H22019_{'x' * 300}.csv", rows("0518"), "De naam van het bestand is te lang"),
    ],
)
def test_what_can_only_be_rejected_is_refused_before_it_is_stored(browser, context, store, settings, name, data, title):
    before = in_the_store(store, settings), len(delivered(context))
    answer = browser.deliver(ADDRESS, name, data)
    assert answer.status_code == 422
    assert f"<h1>{title}</h1>" in answer.text
    assert (in_the_store(store, settings), len(delivered(context))) == before


def test_a_file_without_which_the_form_came_and_one_that_is_too_large_are_refused(browser, settings, context):
    assert browser.deliver(ADDRESS, "", b"").status_code == 422
    with portal_of(settings, max_file_bytes=str(6 * 2**20)) as small, Browser(small.url) as other:
        other.enter(personal_link(context, *HAGUE, "0518", since=SINCE))
        answer = other.deliver(ADDRESS, "WMO_H22019_groot.csv", rows("0518", 200_000))
        assert (answer.status_code, "Dit bestand is te groot" in answer.text) == (413, True)


def test_the_same_form_sent_twice_leads_to_one_receipt(browser, context):
    form, data = browser.form(ADDRESS), rows("0518", 5)
    with ThreadPoolExecutor(4) as pool:
        sent = [
            pool.submit(browser.post, ADDRESS, data=form, files={"bestand": ("WMO_H22019_twee.csv", data, "text/csv")}) for _ in range(4)
        ]
        answers = [each.result() for each in sent]
    assert [each.status_code for each in answers] == [303] * 4
    assert len({each.headers["location"] for each in answers}) == 1
    assert len([each for each in delivered(context) if each.file_name == "WMO_H22019_twee.csv"]) == 1
    again = browser.post(ADDRESS, data=form, files={"bestand": ("WMO_H22019_anders.csv", rows("0518", 9), "text/csv")})
    assert again.headers["location"] == answers[0].headers["location"]


class Slow:
    """A form with a file, written to a socket in pieces; `stop_after` bytes it is cut off."""

    def __init__(self, browser: Browser, data: bytes, name: str, path: str = ADDRESS) -> None:
        fields = browser.form(path)
        parts = [f'--grens\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in fields.items()]
        parts.append(f'--grens\r\nContent-Disposition: form-data; name="bestand"; filename="{name}"\r\nContent-Type: text/csv\r\n\r\n')
        body = "".join(parts).encode() + data + b"\r\n--grens--\r\n"
        cookies = "; ".join(f"{each.name}={each.value}" for each in browser.cookies.jar)
        self.address = urlsplit(str(browser.base_url))
        head = f"POST {path} HTTP/1.1\r\nHost: {self.address.netloc}\r\nCookie: {cookies}\r\nConnection: close\r\n"
        head += f"Content-Type: multipart/form-data; boundary=grens\r\nContent-Length: {len(body)}\r\n\r\n"
        self.sent, self.start = head.encode() + body, len(head)

    def send(self, *, upto: int | None = None, piece: int = 1 << 16, pause: float = 0.0) -> tuple[int, str]:
        """Status and location of the answer; (0, '') when it was cut off after `upto` bytes of the body."""
        with socket.create_connection((self.address.hostname, self.address.port)) as connection:
            end = len(self.sent) if upto is None else self.start + upto
            for at in range(0, end, piece):
                connection.sendall(self.sent[at : min(at + piece, end)])
                time.sleep(pause)
            if upto is not None:
                return 0, ""
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            return answer.status, answer.getheader("location", "")


def test_an_upload_cut_off_at_any_point_leaves_nothing(browser, context, store, settings):
    data = rows("0518", 250_000)
    before = in_the_store(store, settings), len(delivered(context))
    slow = Slow(browser, data, "WMO_H22019_half.csv")
    whole = len(slow.sent) - slow.start
    for upto in (0, 200, 500, 100_000, 5_300_000, 6_000_000, 10_700_000, whole - len("\r\n--grens--\r\n"), whole - 3):
        assert slow.send(upto=upto) == (0, "")
    until(lambda: in_the_store(store, settings) == before[0], "nothing of the uploads that were cut off", seconds=20)
    time.sleep(0.5)
    assert (in_the_store(store, settings), len(delivered(context))) == before
    status, location = slow.send()
    assert status == 303
    with context.engine.connect() as connection:
        assert get(connection, location.removeprefix("/ontvangst/")).sha256 == hashlib.sha256(data).hexdigest()


def test_thirty_uploads_at_once_of_which_ten_are_slow_all_end_right(portal, context):
    codes = [code for code in municipalities(HalfYear(2019, 2)) if code not in ("0518", "0363")][:30]
    token = personal_link(context, "samen@regio.invalid", "2019-H2", *codes, since=SINCE)
    sent, took = {code: rows(code, 40_000 if number % 3 else 400, first=number) for number, code in enumerate(codes)}, {}

    def send(number: int, code: str) -> str:
        with Browser(portal.url) as each:
            each.enter(token)
            begun = time.monotonic()
            if number % 3:
                answer = each.deliver(f"/levering/H22019/{code}", f"WMO_H22019_{code}.csv", sent[code])
                found = (answer.status_code, answer.headers.get("location", ""))
            else:
                slow = Slow(each, sent[code], f"WMO_H22019_{code}.csv", f"/levering/H22019/{code}")
                found = slow.send(piece=1 << 11, pause=0.4)
            took[code] = time.monotonic() - begun
            assert found[0] == 303
            return found[1].removeprefix("/ontvangst/")

    with ThreadPoolExecutor(30) as pool:
        ids = dict(zip(codes, pool.map(send, range(30), codes), strict=True))
    with context.engine.connect() as connection:
        found = {code: get(connection, ids[code]) for code in codes}
        assert verify_chain(connection).whole
    assert {code: each.sha256 for code, each in found.items()} == {code: hashlib.sha256(data).hexdigest() for code, data in sent.items()}
    assert [each.attempt for each in found.values()] == [1] * 30


def test_500_mb_stream_through_and_the_process_grows_by_at_most_150(browser, portal, context, tmp_path):
    """From a generator: neither side holds the file."""
    block = rows("0518", 20_000)[len(HEAD) + 1 :]
    times = 500 * 2**20 // len(block)
    digest, form = hashlib.sha256(HEAD.encode() + b"\n"), browser.form(ADDRESS)
    for _ in range(times):
        digest.update(block)

    def body():
        for name, value in form.items():
            yield f'--grens\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        yield b'--grens\r\nContent-Disposition: form-data; name="bestand"; filename="WMO_H22019_vol.csv"\r\n\r\n'
        yield HEAD.encode() + b"\n"
        for _ in range(times):
            yield block
        yield b"\r\n--grens--\r\n"

    before = portal.memory
    begun = time.monotonic()
    answer = browser.post(ADDRESS, content=body(), headers={"content-type": "multipart/form-data; boundary=grens"})
    took = time.monotonic() - begun
    assert answer.status_code == 303, answer.text
    print(f"{times * len(block) >> 20} MB in {took:.1f} s; {before} MB before, {portal.most_memory} MB at most")
    assert portal.most_memory - before <= 150
    with context.engine.connect() as connection:
        assert get(connection, answer.headers["location"].removeprefix("/ontvangst/")).sha256 == digest.hexdigest()


def test_anybody_with_the_file_sees_that_it_is_the_one_that_was_received(browser, portal, context):
    data = rows("0518", 7)
    delivery_id = browser.deliver(ADDRESS, "WMO_H22019_bewijs.csv", data).headers["location"].removeprefix("/ontvangst/")
    with context.engine.connect() as connection:
        row = next(row for row in list(trail(connection, delivery_id)) if row["event"] == "registered")
    with Browser(portal.url) as anybody:
        csrf = field(anybody.get("/controleren").text, "csrf")
        asked = {"csrf": csrf, "sha256": hashlib.sha256(data).hexdigest(), "keten": row["hash"]}
        same = anybody.post("/controleren", data=asked, files={"bestand": ("x.csv", data)})
        assert "Ja, dit is hetzelfde bestand" in same.text
        assert f"regel {row['sequence']}" in same.text
        other = anybody.post("/controleren", data=asked, files={"bestand": ("x.csv", data + b" ")})
        assert "Nee, dit is een ander bestand" in other.text
        assert anybody.post("/controleren", data=asked | {"csrf": "0"}, files={"bestand": ("x.csv", data)}).status_code == 403


def test_what_came_by_the_bucket_stands_in_the_work_list_and_has_a_receipt_too(browser, context, settings):
    get_store(settings, "portal").client.put_object(
        Bucket=settings.bucket_inbox, Key="H22019/0518/WMO_H22019_bucket.csv", Body=rows("0518", 11), ACL="bucket-owner-full-control"
    )
    register_inbox(context)
    newest = delivered(context)[-1]
    assert newest.file_name == "WMO_H22019_bucket.csv"
    assert newest.delivery_id in browser.get("/").text
    assert newest.sha256 in browser.get(f"/ontvangst/{newest.delivery_id}").text


def test_outside_the_window_nothing_is_taken_and_the_page_says_why(browser, clock, context, store, settings):
    form, of = browser.form(ADDRESS), context.calendar.round("2019-H2")
    clock.move(of.window_ends_at)
    try:
        before = in_the_store(store, settings)
        browser.enter(personal_link(context, *HAGUE, "0518", since=SINCE))
        assert browser.get(ADDRESS).status_code == 409
        form["csrf"] = field(browser.get("/").text, "csrf")
        answer = browser.post(ADDRESS, data=form, files={"bestand": ("WMO_H22019_laat.csv", rows("0518"), "text/csv")})
        assert (answer.status_code, "De levertijd is voorbij" in answer.text) == (409, True)
        assert in_the_store(store, settings) == before
    finally:
        clock.move(AT)
