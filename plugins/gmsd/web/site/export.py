"""The whole site as files that open from disk: the same pages, with links to one another's files; the same releases give the same bytes."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from gmsd.readers import municipality_of
from gmsd.reference import all_municipalities
from gmsd.releases import DOCUMENT
from gmsd.web.site import comparing, pages
from gmsd.web.site.choices import VIEWS, read_query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gmsd.readers import Source
    from gmsd.web.site.choices import Choices
    from gmsd.web.site.current import OnShow

STYLE, FEED = "/stijl.css", "/uitgaven.atom"
_LINK = re.compile(r'\s(href|src)="(/[^"]*)"(\sdownload)?')
_FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


@dataclass(frozen=True, slots=True)
class Exported:
    """One address of the export: the address, the names that its page knows, and how the page is made."""

    address: str
    known: tuple[str, ...]
    make: Callable[[OnShow, Choices], pages.View]


def exported(now: OnShow) -> Iterator[Exported]:
    """Every page that is written.

    Of each municipality the newest half-year, as pictures and as list, its newest year, and its comparison; of each table every group in
    the newest half-year and every period of the first group; every release; and what is about the site. Each of the choices in between
    would be a file of its own: the site has them, and in the files they are no links.
    """
    plain = {
        "/uitgaven": pages.releases,
        "/aankondigingen": pages.announcements,
        "/verwijzen": pages.citing,
        "/open-data": pages.open_data,
        "/toegankelijkheid": pages.accessibility,
    }
    yield Exported("/", pages.START, pages.start)
    yield Exported(f"/?weergave={VIEWS[1]}", pages.START, pages.start)
    for address, make in plain.items():
        yield Exported(address, pages.PLAIN, make)
    for each in now.publications:
        yield Exported(f"/uitgaven/{each.release_id}", pages.PLAIN, partial(pages.release, release_id=each.release_id))
    for place in all_municipalities():
        yield from _of_municipality(now, f"GM{place.code}")
    for edition in now.editions.values():
        for table, cube in edition.cubes.items():
            make_topic = partial(pages.topic, table_id=table)
            yield Exported(f"/onderwerp/{table}", pages.TOPIC, make_topic)
            yield Exported(f"/onderwerp/{table}?weergave={VIEWS[1]}", pages.TOPIC, make_topic)
            yield Exported(f"/onderwerp/{table}?formaat=csv", pages.TOPIC, make_topic)
            for period in cube.periods:
                yield Exported(f"/onderwerp/{table}?periode={period.key}", pages.TOPIC, make_topic)
            for group in cube.groups:
                yield Exported(f"/onderwerp/{table}?groep={group}", pages.TOPIC, make_topic)


def _of_municipality(now: OnShow, region: str) -> Iterator[Exported]:
    make = partial(pages.municipality, region=region)
    yield Exported(f"/gemeente/{region}", pages.MUNICIPALITY, make)
    place = municipality_of(region)
    years = [each for each in now.newest.periods if each.is_year]
    if place is None or not pages.existed(now.newest, region):
        return
    yield Exported(f"/gemeente/{region}?weergave={VIEWS[1]}", pages.MUNICIPALITY, make)
    yield Exported(f"/gemeente/{region}?formaat=csv", pages.MUNICIPALITY, make)
    if years:
        yield Exported(f"/gemeente/{region}?periode={years[-1].key}", pages.MUNICIPALITY, make)
    yield Exported(f"/vergelijken/{region}", comparing.NAMES, partial(pages.comparison, region=region))


def write_site(now: OnShow, source: Source, folder: Path) -> int:
    """Write the site; what lies in the folder under another name stays.

    Returns:
        How many files were written.

    Raises:
        OSError: the folder cannot be written to.
    """
    wanted = list(exported(now))
    files = {_canonical(each.address): _file_of(each.address) for each in wanted} | {STYLE: "stijl.css", FEED: "uitgaven.atom"}
    given = [each for each in now.publications if each.is_given]
    released = {
        f"/uitgaven/{each.release_id}/{path}": f"uitgaven/{each.release_id}/{path}" for each in given for path in (*each.files, DOCUMENT)
    }
    for each in wanted:
        name = files[_canonical(each.address)]
        path, _, query = each.address.partition("?")
        asked = read_query(path, query.encode(), each.known)
        data = gzip.decompress(pages.written(each.make(now, asked), now, asked).packed)
        _write(folder, name, linked(data.decode(), name, files | released).encode() if name.endswith(".html") else data)
    _write(folder, files[STYLE], now.style.encode())
    _write(folder, files[FEED], linked(gzip.decompress(pages.feed(now).packed).decode(), files[FEED], files | released).encode())
    for release in given:
        _write(folder, f"uitgaven/{release.release_id}/{DOCUMENT}", source.document(release.release_id))
        for path, data in source.files(release.release_id, "").items():
            _write(folder, f"uitgaven/{release.release_id}/{path}", data)
    return len(wanted) + 2 + len(released)


def linked(text: str, name: str, files: dict[str, str]) -> str:
    """A page whose links lead to files beside it; what is no file is no link any more, and a form that needs a server is gone."""
    up = "../" * name.count("/")

    def one(found: re.Match[str]) -> str:
        kind, address = found[1], found[2].replace("&amp;", "&")
        split = urlsplit(address)
        file = files.get(_canonical(split._replace(fragment="").geturl()))
        if file is None:
            return ""
        return f' {kind}="{up}{file}{"#" + split.fragment if split.fragment else ""}"{found[3] or ""}'

    return _LINK.sub(one, _FORM.sub("", text))


def _canonical(address: str) -> str:
    """An address with its choices in order, those of always left out."""
    split = urlsplit(address)
    pairs = sorted(pair for pair in parse_qsl(split.query) if pair != ("weergave", VIEWS[0]))
    return f"{split.path}?{'&'.join(f'{name}={value}' for name, value in pairs)}" if pairs else split.path


def _file_of(address: str) -> str:
    """`gemeente/GM0518.periode-2019JJ00.html`."""
    split = urlsplit(address)
    pairs = sorted(parse_qsl(split.query))
    suffix = dict(pairs).get("formaat", "html")
    said = "".join(f".{_UNSAFE.sub('_', name)}-{_UNSAFE.sub('_', value)}" for name, value in pairs if name != "formaat")
    return f"{split.path.strip('/') or 'index'}{said}.{suffix}"


def _write(folder: Path, name: str, data: bytes) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
