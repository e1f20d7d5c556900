"""The site as files: every link leads to a file, nothing needs a server, and the same release is the same bytes."""

from __future__ import annotations

import re

import pytest

from gmsd.web.site import export, read_in_force
from tests.support.bundles import two_releases
from tests.support.site_numbers import Release, faults, numbers_of


@pytest.fixture(scope="module")
def now():
    return read_in_force(two_releases(), ("r0002",))


@pytest.fixture
def few(monkeypatch):
    """The pages of a few municipalities, and of one table: the others are made the same way."""
    every = export.exported
    wanted = re.compile(r"/(gemeente|vergelijken)/(?!GM0518|GM0050|GM0007)|/onderwerp/(?!83262NED)")
    monkeypatch.setattr(export, "exported", lambda now: (each for each in every(now) if not wanted.match(each.address)))


def test_every_link_of_every_page_leads_to_a_file_beside_it(now, few, tmp_path):
    count = export.write_site(now, two_releases(), tmp_path)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == count
    broken = []
    for path in files:
        if path.suffix == ".html":
            text = path.read_text(encoding="utf-8")
            assert "<form" not in text
            for link in re.findall(r'(?:href|src)="([^"#]*)', text):
                if link and not link.startswith(("http", "mailto:", "#")) and not (path.parent / link).resolve().is_file():
                    broken.append((path.name, link))
    assert broken == []
    released = two_releases().held["r0002"]
    assert (tmp_path / "uitgaven/r0002/csv/83262NED.csv").read_bytes() == released["csv/83262NED.csv"]


def test_the_same_release_is_the_same_bytes(now, few, tmp_path):
    for name in ("one", "other"):
        export.write_site(read_in_force(two_releases(), ("r0002",)), two_releases(), tmp_path / name)
    one, other = (
        {path.relative_to(tmp_path / name): path.read_bytes() for path in (tmp_path / name).rglob("*.*")} for name in ("one", "other")
    )
    assert one == other


def test_its_numbers_are_the_release_s(now, few, tmp_path):
    export.write_site(now, two_releases(), tmp_path)
    releases = {name: Release(files) for name, files in two_releases().held.items()}
    for path in ("index.html", "gemeente/GM0518.html", "gemeente/GM0050.weergave-lijst.html", "onderwerp/83262NED.html"):
        assert faults(numbers_of((tmp_path / path).read_text(encoding="utf-8")), releases["r0002"], releases) == []


def test_a_choice_that_is_no_file_is_no_link():
    files = {"/": "index.html", "/gemeente/GM0518": "gemeente/GM0518.html"}
    text = '<a href="/gemeente/GM0518?weergave=grafiek">een</a><a href="/gemeente/GM0518?periode=x">twee</a>'
    text += '<form>drie</form><a href="/#x">vier</a>'
    assert export.linked(text, "gemeente/GM0518.html", files) == (
        '<a href="../gemeente/GM0518.html">een</a><a>twee</a><a href="../index.html#x">vier</a>'
    )
