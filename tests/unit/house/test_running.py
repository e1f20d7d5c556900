"""How `tests/run` runs the categories: side by side where there is memory, each shown whole, a failure told, an interruption passed on."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from services.state import PORTS, open_state
from tests.support.stack import choose_ports
from tests.support.waiting import patience, until

if TYPE_CHECKING:
    from collections.abc import Callable

RUN = Path(__file__).resolve().parents[2] / "run"
# Stands where the environment's Python is: does for each category what the file of its name says.
PYTHON = """#!/bin/bash
category=${4#tests/}
touch "begun.$category"
echo "one of $category"
source "./$category.sh"
status=$?
echo "two of $category"
touch "ended.$category"
exit $status
"""
BROWSER = os.environ | {"GMSD_BROWSER": "/bin/true"}
MEETS = "for _ in {1..600}; do [ -e begun.%s ] && return 0; sleep 0.1; done; return 9"
LASTS = "trap 'kill $!; sleep 0.5; touch stopped.%s; exit 2' INT; sleep 600 & touch lasts.%s; wait"


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """A checkout of nothing but the script, with what it asks of memory (MB) for lanes, two Airflows and five lanes, and what each does."""

    def made(spare: int = 0, airflows: int = 0, five: int = 0, **does: str) -> Path:
        for name in ("tests", ".venv/bin"):
            (tmp_path / name).mkdir(parents=True)
        asked = {"SPARE_MB": spare, "TWO_AIRFLOWS_MB": airflows, "FIVE_LANES_MB": max(spare, airflows, five)}
        script, count = re.subn(r"(?m)^(\w+_MB)=\d+", lambda found: f"{found[1]}={asked[found[1]]}", RUN.read_text(encoding="utf-8"))
        assert count == len(asked)
        for name, text in {"tests/run": script, ".venv/bin/python": PYTHON}.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
            (tmp_path / name).chmod(0o755)
        for category, what in does.items():
            (tmp_path / f"{category}.sh").write_text(what + "\n", encoding="utf-8")
        return tmp_path

    return made


def run(folder: Path, *categories: str) -> subprocess.CompletedProcess[str]:
    command = [str(folder / "tests" / "run"), *categories]
    return subprocess.run(command, env=BROWSER, capture_output=True, text=True, check=False, timeout=patience(120))


def test_two_that_wait_for_each_other_end_and_each_is_shown_whole(folder: Callable[..., Path]) -> None:
    done = run(folder(unit=MEETS % "integration", integration=MEETS % "unit"), "unit", "integration")
    assert (done.returncode, done.stderr) == (0, "")
    for category in ("unit", "integration"):
        assert f"== {category}\none of {category}\ntwo of {category}\n" in done.stdout
    assert done.stdout.endswith("All categories passed: unit integration\n")


def test_two_airflows_run_beside_each_other_where_there_is_the_memory(folder: Callable[..., Path]) -> None:
    assert run(folder(ui=MEETS % "dags", dags=MEETS % "ui"), "ui", "dags").returncode == 0


def test_all_that_takes_long_runs_at_once_where_there_is_the_memory_and_what_only_computes_gives_way(folder: Callable[..., Path]) -> None:
    all_of_them = ("ui", "integration", "dags", "unit", "spec")
    meets = "; ".join(f"({MEETS % each})".replace("return", "exit") + " || return" for each in all_of_them)
    home = folder(**{each: f"nice > nice.{each}; {meets}" for each in all_of_them})
    done = run(home, *all_of_them)
    assert (done.returncode, done.stderr) == (0, "")
    given, gives_way = os.nice(0), min(19, os.nice(0) + 5)
    nice = {each: int((home / f"nice.{each}").read_text()) for each in all_of_them}
    assert nice == {"ui": given, "integration": given, "dags": given, "unit": gives_way, "spec": gives_way}


def test_without_it_the_one_follows_the_other_and_the_rest_runs_beside_them(folder: Callable[..., Path]) -> None:
    home = folder(0, 10**9, ui=MEETS % "unit", dags="[ -e ended.ui ]", unit=MEETS % "ui")
    assert run(home, "ui", "unit", "dags").returncode == 0


def test_without_the_memory_for_lanes_one_follows_the_other(folder: Callable[..., Path]) -> None:
    alone = "[ ! -e begun.unit ] || [ -e ended.unit ]"
    done = run(folder(10**9, unit="true", spec=alone, integration=alone), "unit", "integration", "spec")
    assert done.returncode == 0, done.stdout
    assert re.findall(r"^== (\w+)$", done.stdout, re.MULTILINE) == ["unit", "integration", "spec"]


@pytest.mark.parametrize("others", [(), ("unit", "spec")])
def test_a_category_that_fails_is_named_and_the_others_are_run(folder: Callable[..., Path], others: tuple[str, ...]) -> None:
    done = run(folder(unit="true", spec="true", integration="(exit 5)"), "integration", *others)
    assert done.returncode == 1
    assert done.stdout.endswith("FAILED: integration\n")
    assert all(f"two of {category}\n" in done.stdout for category in ("integration", *others))


def test_an_interruption_reaches_whatever_runs_and_nothing_is_begun_after_it(folder: Callable[..., Path]) -> None:
    running = ("ui", "integration", "unit")
    home = folder(five=10**9, spec="true", **{each: LASTS % (each, each) for each in running})
    process = subprocess.Popen([home / "tests" / "run", "ui", "integration", "unit", "spec"], env=BROWSER, stdout=subprocess.DEVNULL)
    until(lambda: all((home / f"lasts.{each}").exists() for each in running), "the categories", seconds=60)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=patience(60)) == 130
    assert [each for each in running if not (home / f"stopped.{each}").exists()] == []
    assert not (home / "begun.spec").exists()


def test_installations_that_start_at_once_begin_with_ports_of_their_own(tmp_path: Path) -> None:
    chosen = []
    for name in ("one", "two", "three", "four"):
        choose_ports(tmp_path / name)
        chosen.append(open_state(tmp_path / name).ports)
        choose_ports(tmp_path / name)
        assert open_state(tmp_path / name).ports == chosen[-1], "what was chosen before stays"
    assert {frozenset(each) for each in chosen} == {frozenset(PORTS)}
    assert len({each["postgres"] for each in chosen}) > 2  # two of many folders may fall together
    for each in chosen:
        assert len(set(each.values()) - set(PORTS.values())) == len(PORTS)
