"""`gmsd check` starts sparingly (decision 11): the same answers as after a plain import, and nothing of the pipeline."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys

import pytest

from tests.spec.checking import ROWS, file_of

COLD_SECONDS = 4
PIPELINE = ("alembic", "boto3", "botocore", "cryptography", "holidays", "httpx", "psycopg", "sqlalchemy", "starlette", "uvicorn")

LATE = """
import json, sys
sparing = sys.argv[1] == "sparing"
if sparing:
    from gmsd.checking import load_engine
    load_engine()
    from importlib.util import _LazyModule
    assert all(type(sys.modules[name]) is _LazyModule for name in ("altair", "jsonschema", "scipy.stats")), "loaded too early"
    assert not {"sqlalchemy", "boto3"} & set(sys.modules)
import great_expectations as gx, gx_polars, polars as pl
frame = pl.DataFrame({"a": ["x", "y", "x", "z", None], "j": ['{"a": 1}', '{"a": "b"}', "1", None, "{}"]})
parts = {"values": ["x", "y", "z"], "weights": [0.5, 0.3, 0.2]}
schema = {"type": "object", "properties": {"a": {"type": "integer"}}}
suite = gx.ExpectationSuite(name="late", expectations=[
    gx.expectations.ExpectColumnKLDivergenceToBeLessThan(column="a", partition_object=parts, threshold=0.001),
    gx.expectations.ExpectColumnValuesToMatchJsonSchema(column="j", json_schema=schema),
])
results = [result.to_json_dict() for result in gx_polars.validate(frame, suite).results]
import altair, sqlalchemy
assert altair.Chart and sqlalchemy.create_engine
print(json.dumps(results, sort_keys=True))
"""


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GMSD_")} | {"GMSD_CLOCK": "system"}
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, env=environment, timeout=120, check=False)


def test_what_is_loaded_late_or_left_out_judges_as_after_a_plain_import():
    sparing, plain = python("-c", LATE, "sparing"), python("-c", LATE, "plain")
    assert sparing.returncode == 0, sparing.stderr
    assert sparing.stdout == plain.stdout
    assert [result["success"] for result in json.loads(sparing.stdout)] == [False, False]


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
    build()(["check", sys.argv[1], "--format", "html"])
except SystemExit as end:
    print(end.code, reached, [name for name in {PIPELINE} if name in sys.modules], file=sys.stderr)
"""


def test_a_check_reaches_for_no_network_and_nothing_of_the_pipeline(file):
    assert python("-c", ALONE, str(file)).stderr == "0 [] []\n"


def test_a_file_of_2000_lines_is_answered_within_four_seconds_cold(file):
    """Processor time, as the machine may be shared; the least of two."""
    spent = []
    for _ in range(2):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = python("-m", "gmsd.cli", "check", str(file), "--format", "json")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
        assert (done.returncode, json.loads(done.stdout)["records"]) == (0, 2_000), done.stderr
    assert min(spent) < COLD_SECONDS
