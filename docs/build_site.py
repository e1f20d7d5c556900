"""Build the documentation as a site: `python docs/build_site.py [FOLDER]`, by default into `var/site`; a warning is a failure.

The site has the layout of the checkout, so that a link that is right in a page of the repository is right on the site. It reads no other
host: what it needs lies in it, and it can be opened from a disk (only the search box needs a server: `python -m http.server`).
"""

from __future__ import annotations

import logging
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
DEFAULT = PROJECT / "var" / "site"
PARTS = (
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    "docs/**/*.md",
    "docs/images/**/*",
    "expectations/README.md",
    "findings/*",
    "plugins/gx_polars/*.md",
    "plugins/gx_polars/LICENSE",
    "tests/README.md",
)
MENU: dict[str, list[str]] = {
    "Working with it": [
        "docs/round.md",
        "docs/guide-data-engineer.md",
        "docs/runbook.md",
        "docs/alerts.md",
        "docs/watched.md",
        "docs/archive.md",
        "docs/changing.md",
        "docs/security.md",
        "docs/survival.md",
        "docs/scale.md",
        "docs/growth.md",
    ],
    "For municipalities": ["docs/zelf-controleren.md", "docs/rules.md", "docs/faults.md"],
    "For readers": ["docs/site.md", "docs/formats.md", "docs/odata.md", "docs/comparison.md"],
    "How it is made": [
        "docs/architecture.md",
        "docs/domain.md",
        "docs/house.md",
        "docs/glossary.md",
        "docs/audit.md",
        "docs/decisions/README.md",
        "expectations/README.md",
        "tests/README.md",
        "docs/dependencies.md",
        "findings/README.md",
    ],
    "Reference": ["docs/commands.md", "docs/settings.md", "docs/dags.md", "docs/api.md"],
    "gx_polars": ["plugins/gx_polars/README.md", "docs/gx_polars.md", "plugins/gx_polars/CHANGELOG.md"],
}
DUTCH = ("docs/zelf-controleren.md", "docs/rules.md")
REACHED_FROM_OTHERS = ("docs/decisions/0", "plugins/gx_polars/DIFFERENCES.md")  # by a page that lists them
STYLE = """
.container { max-width: 80rem; }
.navbar { background: #0b4f79 !important; }
body { background-image: none; }
h1, h2, h3 { font-weight: 400; letter-spacing: 0; }
[data-bs-theme="light"] a:not(.nav-link, .navbar-brand, .dropdown-item, .btn) { color: #0b5c8f; }
[data-bs-theme="light"] .bs-sidebar .nav-link { color: #0b5c8f; }
table { display: block; overflow-x: auto; font-size: .92rem; }
td, th { vertical-align: top; }
pre { background: #f6f8fa; color: #1f2328; padding: .8rem; overflow-x: auto; }
pre code { background: none; color: inherit; border: 0; }
.navbar .nav-link.disabled { color: #c9d6e0; }
"""


class DocumentationError(Exception):
    """The site was not built: something in the documentation is not in order."""


class _Warnings(logging.Handler):
    """What the builder warns of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


def as_written(text: str) -> str:
    """A page for Python-Markdown, which begins a list or table only after an empty line; what shows repositories does not ask for one."""
    out: list[str] = []
    fenced = False
    for line in text.splitlines():
        before = out[-1] if out else ""
        if line.lstrip().startswith("```"):
            if not fenced and before.strip():
                out.append("")
            fenced = not fenced
        elif not fenced and before.strip() and (_begins_list(before, line) or _begins_table(before, line) or before.startswith("<!--")):
            out.append("")
        if not fenced and line.startswith("|"):
            line = re.sub(r"`[^`]*`", lambda code: code[0].replace("\\|", "|"), line)  # noqa: PLW2901  a bar in code needs no escape
        out.append(line)
    return "\n".join(out) + "\n"


_ITEM = re.compile(r"(?:[-*+]|\d+[.)]) ")


def _begins_list(before: str, line: str) -> bool:
    return _ITEM.match(line) is not None and _ITEM.match(before) is None and not before.startswith(" ")


def _begins_table(before: str, line: str) -> bool:
    return line.startswith("|") and not before.startswith("|")


def sources(project: Path = PROJECT) -> list[Path]:
    """The files that the site is made of."""
    return sorted(path for part in PARTS for path in project.glob(part) if path.is_file())


def assemble(folder: Path, project: Path = PROJECT) -> None:
    """Copy what the site is made of into a folder, each file at its own place."""
    for path in sources(project):
        target = folder / path.relative_to(project)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".md":
            target.write_text(as_written(path.read_text(encoding="utf-8")), encoding="utf-8")
        else:
            shutil.copyfile(path, target)
    (folder / "style.css").write_text(STYLE, encoding="utf-8")


def menu(folder: Path) -> list[dict[str, Any]]:
    """The menu: what `MENU` has and is there; a page that nobody placed stands under More."""
    there = {str(path.relative_to(folder)) for path in folder.rglob("*.md")}
    placed = {name for names in MENU.values() for name in names} | {"README.md", "CHANGELOG.md"}
    rest = sorted(name for name in there - placed if not name.startswith(REACHED_FROM_OTHERS))
    shown = [{title: [name for name in names if name in there]} for title, names in MENU.items()]
    return [{"Overview": "README.md"}, *shown, {"More": [{"Changelog": "CHANGELOG.md"}, *rest]}]


def build(out: Path = DEFAULT, project: Path = PROJECT) -> None:
    """Build the site.

    Args:
        out: Where it is put; what was there goes.
        project: The checkout whose pages it is made of.

    Raises:
        DocumentationError: There were warnings; it names them.
    """
    from mkdocs.commands.build import build as mkdocs_build
    from mkdocs.config import load_config

    heard = _Warnings()
    logging.getLogger("mkdocs").addHandler(heard)
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            assemble(folder, project)
            config = load_config(
                config_file=str(PROJECT / "docs" / "mkdocs.yml"), docs_dir=str(folder), site_dir=str(out.resolve()), nav=menu(folder)
            )
            mkdocs_build(config)
        _finish(out)
    finally:
        logging.getLogger("mkdocs").removeHandler(heard)
    if heard.texts:
        raise DocumentationError("\n".join(heard.texts))


def _finish(out: Path) -> None:
    """What the theme leaves undone: the language of Dutch pages, and code that scrolls and can be reached by the keyboard."""
    for path in out.rglob("*.html"):
        text = path.read_text(encoding="utf-8").replace("<pre", '<pre tabindex="0"')
        if path.relative_to(out).with_suffix(".md").as_posix() in DUTCH:
            text = text.replace('<html lang="en"', '<html lang="nl"', 1)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    where = Path(sys.argv[1]) if sys.argv[1:] else DEFAULT
    try:
        build(where)
    except DocumentationError as error:
        sys.exit(f"the documentation is not in order:\n{error}")
    sys.stdout.write(f"{where}/index.html\n")
