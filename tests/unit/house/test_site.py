"""The documentation as a site: it builds without a warning, no link in it is dead, and it loads nothing from another host."""

from __future__ import annotations

import importlib.util
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

PROJECT = Path(__file__).resolve().parents[3]
LOADS = {("script", "src"), ("img", "src"), ("iframe", "src"), ("source", "src"), ("object", "data"), ("embed", "src"), ("link", "href")}
NAMES_ONLY = {"canonical", "next", "prev"}

_spec = importlib.util.spec_from_file_location("docs_build_site", PROJECT / "docs" / "build_site.py")
build_site = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(build_site)


class Page(HTMLParser):
    """What a page has (ids), leads to (links) and loads."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = dict(attrs)
        self.ids |= {of[name] for name in ("id", "name") if of.get(name)}
        if tag == "a" and of.get("href"):
            self.links.append(of["href"])
        if of.get("rel") not in NAMES_ONLY:
            self.loaded += [of[name] for element, name in LOADS if element == tag and of.get(name)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    build_site.build(out)
    return out


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return {path: Page(path) for path in site.rglob("*.html") if path.name != "404.html"}


def test_every_page_of_the_documentation_is_on_it_and_in_the_menu_or_a_list(site: Path, pages: dict[Path, Page]) -> None:
    written = [path.relative_to(PROJECT) for path in (PROJECT / "docs").rglob("*.md")]
    assert len(written) > 40
    there = {site / ("index.html" if name.name == "README.md" and str(name.parent) == "." else _html(name)) for name in written}
    assert there <= set(pages)
    linked = {(path.parent / unquote(urlsplit(link).path)).resolve() for path, page in pages.items() for link in page.links}
    assert {path for path in there if path.resolve() not in linked} == set()


def _html(name: Path) -> Path:
    return name.parent / "index.html" if name.name == "README.md" else name.with_suffix(".html")


def test_no_link_is_dead(site: Path, pages: dict[Path, Page]) -> None:
    dead = []
    for path, page in pages.items():
        for link in [*page.links, *page.loaded]:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            lost = not target.is_file() or (parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].ids)
            if lost and link != "#":
                dead.append(f"{path.relative_to(site)}: {link}")
    assert dead == []
    assert sum(len(page.links) for page in pages.values()) > 1_000


def test_nothing_is_loaded_from_another_host(site: Path, pages: dict[Path, Page]) -> None:
    loaded = {link for page in pages.values() for link in page.loaded}
    assert {"css/base.css", "js/base.js", "style.css"} <= loaded
    for sheet in site.rglob("*.css"):
        loaded |= set(re.findall(r"""(?:url\(|@import)\s*["']?([^"')\s;]+)""", sheet.read_text(encoding="utf-8")))
    assert {link for link in loaded if urlsplit(link).scheme not in ("", "data") or urlsplit(link).netloc} == set()


def copy(folder: Path) -> Path:
    """A checkout of which the documentation may be spoiled."""
    for path in build_site.sources():
        target = folder / path.relative_to(PROJECT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    return folder


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("[a](nowhere.md)", "nowhere.md"),
        ("[a](audit.md#nothing)", "nothing"),
        ("![a](images/none.png)", "images/none.png"),
        ("[a](../plugins/gmsd/)", "plugins/gmsd"),
    ],
)
def test_dead_link_fails_the_build(tmp_path: Path, line: str, told: str) -> None:
    project = copy(tmp_path / "checkout")
    page = project / "docs" / "runbook.md"
    page.write_text(page.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    with pytest.raises(build_site.DocumentationError, match=told):
        build_site.build(tmp_path / "site", project)


def test_page_that_nobody_placed_stands_in_the_menu(tmp_path: Path) -> None:
    project = copy(tmp_path / "checkout")
    (project / "docs" / "new.md").write_text("# A new page\n", encoding="utf-8")
    build_site.build(tmp_path / "site", project)
    assert "docs/new.html" in Page(tmp_path / "site" / "index.html").links


def test_lists_and_tables_are_read_as_a_repository_reads_them() -> None:
    text = "Said:\n- one\n  goes on\n- two\nso\n| a | b |\n|---|---|\n| `x \\| y` | 1 |\n```\n- code\n```\n1. last\n"
    wanted = "Said:\n\n- one\n  goes on\n- two\nso\n\n| a | b |\n|---|---|\n| `x | y` | 1 |\n\n```\n- code\n```\n\n1. last\n"
    assert build_site.as_written(text) == wanted
