"""One family of exceptions: every class of it is one, and a command answers each by its type, in a line and with its exit status."""

from __future__ import annotations

import inspect
import os
import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING

import pytest
import typer

import gmsd
from gmsd.cli import _plain
from gmsd.consent import Malformed
from gmsd.deliveries import UnknownDelivery
from gmsd.errors import GmsdError
from gmsd.folders import data_folder
from gmsd.settings import Settings, SettingsError
from tests.support.commands import run_gmsd
from tests.support.waiting import patience

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path


def exceptions() -> set[type[BaseException]]:
    """Every exception class that a module of the library defines."""
    found = set()
    for module in pkgutil.walk_packages(gmsd.__path__, "gmsd."):
        if "._data" not in module.name:
            members = vars(import_module(module.name)).values()
            found |= {
                each for each in members if inspect.isclass(each) and issubclass(each, BaseException) and each.__module__ == module.name
            }
    return found


def test_every_exception_of_the_library_is_of_the_family_and_has_a_name_of_its_own() -> None:
    """What typer shows by itself, with a usage hint, is an argument that cannot be used, and no answer of the library."""
    found = {each for each in exceptions() if not issubclass(each, typer.BadParameter)}
    assert len(found) > 40
    assert [each for each in found if not issubclass(each, GmsdError)] == []
    assert len({each.__name__ for each in found}) == len(found)
    assert all(each.__doc__ and each.exit_status in (1, 2) for each in found if issubclass(each, GmsdError))


class RoomError(GmsdError):
    """Such as a room has."""

    exit_status = 2


@pytest.mark.parametrize(
    ("error", "line", "status"),
    [
        (UnknownDelivery("no delivery x"), "no delivery x", 1),
        (RoomError("cannot"), "cannot", 2),
        (Malformed("Geen naam.", "Geen tekst."), "Geen naam. Geen tekst.", 2),
    ],
)
def test_an_error_is_answered_by_its_type(error: GmsdError, line: str, status: int) -> None:
    assert _plain(error) == (line, status)


@pytest.mark.parametrize(
    "error", [ValueError("no database address: set it"), ValueError("Invalid endpoint: x"), LookupError("x"), KeyError("x")]
)
def test_words_alone_make_no_answer(error: Exception) -> None:
    assert _plain(error) is None


def test_a_log_gets_no_words_of_a_form_that_cannot_be_used() -> None:
    assert str(Malformed("De naam 'x' kan niet.")) == "1 problems"


def gmsd_command(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GMSD_")} | {"GMSD_CLOCK": "system"} | settings
    return run_gmsd(*arguments, environment=environment, seconds=patience(60))


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("rounds", "show", "2031-H1"), 1, "the calendar has no round 2031-H1"),
        (("clock", "move", "2020-01-01"), 1, "cannot be moved"),
        (("serve", "--folder", "{empty}"), 1, "no release.json in"),
        (("serve", "--folder", "{empty}/none"), 2, "no folder"),
        (("rules", "impact", "--archive", "{empty}/none"), 2, "cannot be opened"),
        (("rules", "impact", "--against", "no-such-revision"), 2, "neither a revision"),
        (("rules", "page", "--to", "{empty}/none/x.html"), 2, "cannot be opened"),
        (("demo", "deliveries", "--to", "/proc/none"), 2, "cannot write"),
        (("check", "{empty}/none"), 2, "kan niet worden geopend: bestaat niet"),
    ],
)
def test_what_a_command_cannot_do_is_one_line(tmp_path: Path, arguments: tuple[str, ...], status: int, words: str) -> None:
    done = gmsd_command(*(each.format(empty=tmp_path) for each in arguments))
    assert (done.returncode, done.stdout) == (status, "")
    assert done.stderr.startswith("gmsd: ")
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("rounds", "list"),
        ("deliveries", "show", "2019-H2.0518.01"),
        ("deliveries", "let-in", "2019-H2.0518.01"),
        ("deliveries", "missing", "--round", "2019-H2"),
        ("audit", "verify"),
        ("withdraw", "0518", "H22019", "--name", "x"),
        ("explain", "0518", "H22019", "--name", "x", "--text", "y"),
        ("releases", "recover"),
        ("rules", "impact", "--from-store"),
        ("setup",),
    ],
)
def test_without_an_address_of_the_database_the_answer_is_no(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    for name in ("expectations", "sql"):
        (tmp_path / name).symlink_to(data_folder(name))
    done = gmsd_command(*arguments, GMSD_HOME=str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("gmsd: no database address: set GMSD_DATABASE_")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("rounds", "show", "x"), "not a half-year: 'x'"),
        (("deliveries", "missing", "--round", "2031-H1"), "the calendar has no round 2031-H1"),
        (("withdraw", "9999", "H22019", "--name", "x"), "9999 is not a municipality in 2019-H2"),
        (("demo", "play", "--municipalities", "3"), "at least 30 municipalities"),
        (("rules", "list", "--protocol", "x"), "no protocol x"),
    ],
)
def test_wrong_usage_is_a_hint_and_a_line(arguments: tuple[str, ...], words: str) -> None:
    done = gmsd_command(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Usage: ")
    assert words in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("command", [("rules", "list"), ("check", __file__)])
def test_a_protocol_with_mistakes_is_told_line_by_line(tmp_path: Path, command: tuple[str, ...]) -> None:
    law = tmp_path / "expectations" / "wmo" / "wmo-2020"
    law.mkdir(parents=True)
    (law / "structuur.yaml").write_text("fields: 3\n")
    (law.parent / "law.yaml").write_text((data_folder("expectations") / "wmo" / "law.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    done = gmsd_command(*command, GMSD_HOME=str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert "structuur.yaml:1: " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_key_that_is_none_is_a_setting_that_cannot_be_used(tmp_path: Path) -> None:
    for text in ("", "ab" * 31, "zz" * 32, "é" * 64):
        (tmp_path / "key").write_text(text, encoding="utf-8")
        with pytest.raises(SettingsError, match="does not hold 32 bytes"):
            Settings(_env_file=None, home=tmp_path, pseudonym_key_file=tmp_path / "key").key("pseudonym")
