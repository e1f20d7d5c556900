"""Write the pages made from the code and its data (settings, commands, DAGs, the house, access and so on). `--check` only compares."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT / "plugins"), str(PROJECT)]

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOTE = "<!-- Made by docs/generate.py (`make docs`) from {source}; change it there. -->"
CELL = str.maketrans({"|": "\\|", "\n": " "})


def settings_page() -> str:
    """Every setting with its environment variable, default and description."""
    from pydantic import SecretStr

    from gmsd.settings import Settings

    lines = [
        NOTE.format(source="plugins/gmsd/settings.py"),
        "# Settings",
        "",
        "Each is an environment variable. What is not there is read from `.env` in the project's folder, then from `var/secrets/gmsd.env`,",
        "which the services write at every start.",
        "",
        "| variable | default | what it is |",
        "|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = field.get_default() if field.default_factory is None else "the checkout"
        if isinstance(default, SecretStr):
            default = default.get_secret_value()
        shown = f"`{default}`" if str(default) else "empty"
        lines.append(f"| `GMSD_{name.upper()}` | {shown.translate(CELL)} | {(field.description or '').translate(CELL)} |")
    return "\n".join(lines) + "\n"


def commands_page() -> str:
    """Every command with its arguments, options and meaning."""
    from gmsd.cli import root

    lines = [
        NOTE.format(source="plugins/gmsd/commands/"),
        "# Commands",
        "",
        "`gmsd` works without Airflow. Exit status: 0 = done, 1 = the answer is no (file rejected, service missing), 2 = wrong usage or a",
        "path that cannot be opened. Every command has `--help`.",
    ]
    for path, command in _commands(root(), "gmsd"):
        lines += ["", f"## `{path}`", "", _paragraphs(command.help or "")]
        rows = [_parameter(parameter) for parameter in command.params if parameter.name != "help"]
        if rows:
            lines += ["", "| | |", "|---|---|", *rows]
    return "\n".join(lines) + "\n"


def _commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """The commands below a group that do something, by their path."""
    if not hasattr(command, "commands"):
        yield path, command
        return
    for name, below in sorted(command.commands.items()):
        yield from _commands(below, f"{path} {name}")


def _parameter(parameter: Any) -> str:
    names = ", ".join(f"`{each}`" for each in (*parameter.opts, *parameter.secondary_opts) if each.startswith("-"))
    text = str(getattr(parameter, "help", None) or "").strip()
    default = parameter.default
    if names and default not in (None, False, "", (), []) and not callable(default):
        text = f"{text} Default: {default}.".strip()
    return f"| {names or f'`{parameter.metavar or parameter.name}`'} | {text.translate(CELL)} |"


def _paragraphs(text: str) -> str:
    return text.replace("\b", "").replace("\f", "").strip()


def dags_page() -> str:
    """What every DAG says of itself, as its page in Airflow shows it."""
    lines = [NOTE.format(source="the docstrings in dags/"), "# DAGs"]
    for path in sorted((PROJECT / "dags").glob("*.py")):
        docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        if not docstring:
            raise SystemExit(f"{path.name} has no docstring: say its purpose, when it runs, what it needs and what to do when it fails")
        title, _, body = docstring.partition("\n")
        lines += ["", f"## `{path.stem}`: {title.lstrip('# ')}", "", body.strip()]
    return "\n".join(lines) + "\n"


def rules_page() -> str:
    """Every rule of every protocol, in Dutch, as the catalogue that coordinators read."""
    from gmsd.feedback import rules_markdown

    return f"{NOTE.format(source='the laws in expectations/')}\n{rules_markdown()}"


def faults_page() -> str:
    """The table of faulty files that the tests check."""
    from tests.spec.page import faults_page as page

    return f"{NOTE.format(source='tests/spec/table')}\n{page()}"


def gx_polars_page() -> str:
    """What gx_polars says of itself: the page travels with the package, which is given away without this project."""
    page = (PROJECT / "plugins" / "gx_polars" / "DIFFERENCES.md").read_text(encoding="utf-8")
    return f"{NOTE.format(source='plugins/gx_polars/DIFFERENCES.md')}\n{page}"


def house_page() -> str:
    """The rooms of the library from the bottom up: how large each is, what belongs there and what does not, and what it stands on."""
    from tests.support.house import LIBRARY, arrows, in_order, layers, lines_of, share_of

    stands_on = arrows()
    out = [
        NOTE.format(source="`.importlinter` and the docstrings in plugins/gmsd/"),
        "# The house",
        "",
        "The library from the bottom up: a room imports only what stands above it on this page, and nothing in a circle; `make lint` fails",
        "when one does not. A room is a folder, entered through its `__init__`: a short list of names that somebody outside uses (of",
        "`web` that of `web/site`; the command `gmsd demo` knows the modules of `demo`). No room holds more than 9 % of",
        "the lines. What the words mean: [glossary](glossary.md).",
        "",
        "| where | lines, about | of all | what belongs there | what does not | stands on |",
        "|---|---|---|---|---|---|",
    ]
    for name in (each for layer in reversed(layers()) for each in in_order(layer, stands_on)):
        room = LIBRARY / name
        front = room / "__init__.py" if room.is_dir() else room.with_suffix(".py")
        paragraphs = (ast.get_docstring(ast.parse(front.read_text(encoding="utf-8"))) or "").split("\n\n")
        belongs = paragraphs[0].translate(CELL)
        other = next((each.removeprefix("Not here: ") for each in paragraphs if each.startswith("Not here: ")), "").translate(CELL)
        # to the hundred: the page says how large a room is, not that a line was added
        count = max(100, round(lines_of(name), -2))
        below = " ".join(sorted(stands_on[name]))
        out.append(f"| `{name}{'/' if room.is_dir() else '.py'}` | {count:,} | {share_of(name):.0%} | {belongs} | {other} | {below} |")
    return "\n".join(out) + "\n"


def api_page() -> str:
    """What each room hands out."""
    from docs.api_page import api_page as page

    return f"{NOTE.format(source='the docstrings in plugins/')}\n{page()}"


def house_picture() -> str:
    """The picture on the page of the architecture."""
    from docs.house_picture import picture

    return picture()


def access_page() -> str:
    """Who may do what with routes, buckets and tables: the matrices that tests hold the services against."""
    from tests.support.access import access_page as page

    return f"{NOTE.format(source='tests/support/access/')}\n{page()}"


def watched_page() -> str:
    """Every mail that the engineer gets before anybody asks: what he sees, what it means, what to do."""
    from gmsd.watch import all_alerts

    lines = [
        NOTE.format(source="expectations/alerts.yaml"),
        "# What is watched",
        "",
        "What *Housekeeping* finds every night is one mail to the engineer for each thing that it is about, never two. A task that fails",
        "and a service that is away are mailed when it happens ([runbook](runbook.md)). Words in braces are filled in; the numbers that",
        "decide stand in `expectations/alerts.yaml`.",
    ]
    for each in all_alerts().values():
        limits = ", ".join(f"{name} {number}" for name, number in each.limits.items())
        lines += [
            "",
            f"## {each.title}",
            "",
            f"**What you see.** `GMSD: {each.subject}`. {each.sees}",
            "",
            f"**What it means.** {each.means}",
        ]
        lines += ["", f"**What to do.** {each.does}", *(["", f"Decided by: {limits}."] if limits else [])]
    return "\n".join(lines) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "api.md": api_page,
    "watched.md": watched_page,
    "settings.md": settings_page,
    "commands.md": commands_page,
    "dags.md": dags_page,
    "gx_polars.md": gx_polars_page,
    "house.md": house_page,
    "images/house.svg": house_picture,
    "rules.md": rules_page,
    "faults.md": faults_page,
    "access.md": access_page,
}


def main(folder: Path = PROJECT / "docs") -> int:
    """Write each page, or with `--check` name those that are not as the code is."""
    check = "--check" in sys.argv[1:]
    stale = []
    for name, page in PAGES.items():
        path = folder / name
        text = page()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(f"docs/{name}")
            if not check:
                path.write_text(text, encoding="utf-8")
    if check and stale:
        sys.stderr.write(f"not up to date: {', '.join(stale)}; run `make docs`\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
