"""`gmsd check` starts sparingly (decision 42): without Great Expectations, unless a suite needs it, and without the pipeline."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys

import pytest

from tests.spec.checking import ROWS, file_of
from tests.support.stack import PROJECT

TIMES_POLARS = 3.5
PIPELINE = ("alembic", "boto3", "botocore", "cryptography", "holidays", "httpx", "psycopg", "sqlalchemy", "starlette", "uvicorn")
JUDGE = ("great_expectations", "pandas", "scipy", "altair", "jsonschema", "marshmallow", "pydantic_settings")


def python(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GMSD_")} | {"GMSD_CLOCK": "system"} | more
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, env=environment, timeout=120, check=False)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "WMO_H22019_gemeente.csv"
    path.write_bytes(file_of(*ROWS[:2] * 1_000))
    return path


ALONE = f"""
import sys
reached = []
sys.addaudithook(lambda event, args: reached.append(event) if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto") else None)
from gmsd.cli import build
try:
    build()(["check", sys.argv[1], "--format", sys.argv[2]])
except SystemExit as end:
    print(end.code, reached, [name for name in {(*PIPELINE, *JUDGE)} if name in sys.modules], file=sys.stderr)
"""


@pytest.mark.parametrize("form", ["text", "html"])
def test_a_check_reaches_for_no_network_and_neither_for_the_pipeline_nor_for_great_expectations(file, form):
    assert python("-c", ALONE, str(file), form).stderr == "0 [] []\n"


def test_a_suite_that_needs_great_expectations_gets_it(file, tmp_path):
    shutil.copytree(PROJECT / "expectations", tmp_path / "expectations")
    suite = tmp_path / "expectations" / "wmo" / "wmo-2020" / "facultatief.yaml"
    suite.write_text(suite.read_text(encoding="utf-8").replace("^[0-9]{1,9}$'}", "^[0-9]{1,9}$', mostly: 0.5}"), encoding="utf-8")
    assert "mostly" in suite.read_text(encoding="utf-8")
    told = python("-W", "ignore", "-c", ALONE, str(file), "text", GMSD_HOME=str(tmp_path)).stderr
    assert told.startswith("0 [] ")
    assert "'great_expectations', 'pandas'" in told


def processor_time(*arguments: str) -> float:
    """Of a process, as the machine may be shared; the least of three."""
    spent = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = python(*arguments)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
        assert done.returncode == 0, done.stderr
    return min(spent)


def test_a_file_of_2000_lines_costs_no_more_than_a_few_imports_of_polars(file):
    done = python("-m", "gmsd.cli", "check", str(file), "--format", "json")
    assert json.loads(done.stdout)["records"] == 2_000
    assert processor_time("-m", "gmsd.cli", "check", str(file)) < TIMES_POLARS * processor_time("-c", "import polars, numpy")
