"""gx_polars against GX's own pandas engine: drawn rules on drawn frames, field by field, and what the documentation says of it."""

from __future__ import annotations

import re
from pathlib import Path

import great_expectations as gx
import great_expectations.expectations as gxe
import polars as pl
import pytest

import gx_polars
from gx_polars.patterns import matches
from tests.parity.allowed import ALLOWED
from tests.parity.examples import EXAMPLES, FRAME, NATIVE, carried_by, core_types
from tests.parity.rules import CASES
from tests.parity.tally import run

pytestmark = pytest.mark.filterwarnings("ignore")
PACKAGE = Path(gx_polars.__file__).parent
CASES_HERE = 50


@pytest.mark.parametrize("kind", sorted(CASES))
def test_results_of_drawn_rules_equal_those_of_the_pandas_engine(kind):
    tally = run(kind, CASES_HERE)
    assert tally.cases >= CASES_HERE
    assert tally.lines() == []
    assert bool(tally.without_gx) == (kind in ("map", "pair"))


def test_every_core_type_is_drawn_or_has_no_pandas_form():
    drawn = {strategy for kind in CASES.values() for strategy in kind}
    assert {type(EXAMPLES[name]).__name__ for name in gx_polars.supported_expectations()} <= drawn


def test_what_runs_natively_is_what_is_said():
    assert set(EXAMPLES) == set(core_types())
    assert [name for name in core_types() if carried_by(name) == NATIVE] == gx_polars.supported_expectations()


def rows_of(heading: str) -> dict[str, str]:
    section = (PACKAGE / "DIFFERENCES.md").read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    return dict(re.findall(r"^\| `?([^|`]+?)`? \| ([^|]+?) \|", section.partition("|---")[2], re.MULTILINE))


def test_page_says_of_every_core_type_what_carries_it():
    assert rows_of("Every core expectation") == {name: carried_by(name) for name in core_types()}


def test_page_lists_the_allowed_differences_and_no_other():
    assert set(rows_of("Differences on purpose")) == {reason.name for reason in ALLOWED}


def test_examples_of_the_readme_run_and_print_what_they_say(capsys):
    readme = (PACKAGE / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    names: dict = {}
    for block in blocks:
        exec(block, names)
    wanted = [said for block in blocks for said in re.findall(r"^print\(.*\)  # (.*)$", block, re.MULTILINE)]
    assert capsys.readouterr().out.splitlines() == wanted
    assert len(wanted) == 2


def test_excluded_values_are_nowhere_in_the_result():
    rules = gx.ExpectationSuite(name="private", expectations=[gxe.ExpectColumnValuesToMatchRegex(column="code", regex="^no$")])
    result = gx_polars.validate(
        pl.DataFrame({"line": [2, 3], "code": ["secret-1", "secret-2"]}),
        rules,
        result_format={"result_format": "SUMMARY", "exclude_unexpected_values": True},
        unexpected_index_column_names=["line"],
    )
    assert "secret" not in str(result)
    assert result.results[0].result["partial_unexpected_index_list"] == [{"line": [2, 3]}]


def test_broken_rule_fails_alone():
    rules = gx.ExpectationSuite(
        name="broken",
        expectations=[
            gxe.ExpectColumnValuesToMatchRegex(column="code", regex="("),
            gxe.ExpectColumnValuesToNotBeNull(column="code"),
        ],
    )
    broken, fine = gx_polars.validate(pl.DataFrame({"code": ["a"]}), rules).results
    assert broken.exception_info.get("raised_exception", True)
    assert fine.success


def test_lazy_frame_gives_what_the_frame_gives():
    suite = gx.ExpectationSuite(name="all", expectations=[EXAMPLES[name] for name in gx_polars.supported_expectations()])
    assert gx_polars.validate(FRAME.lazy(), suite).to_json_dict() == gx_polars.validate(FRAME, suite).to_json_dict()


TEXTS = ["e\u0301", "²", "x\x1cy", "a_b", "\u200dz", "\u0663", "\ufb01", "", "a", "a\n", "a|", "\u2028", "10", "x1", "(", "[", "1\n\n"]


@pytest.mark.parametrize(
    "pattern",
    [
        r"\w$",
        r"^\w+$",
        r"\s",
        r"^\S+$",
        r"\W",
        r"[\w-]$",
        r"[\s,]",
        r"\bx",
        r"^\d$",
        r"[^\W]",
        "é?$",
        "^(a|x)$",
        "a|x$",
        "[|]$",
        r"[)|]$",
        r"\(|x$",
        "(a|x)|y$",
    ],
)
def test_patterns_mean_what_they_mean_in_python(pattern):
    found = pl.DataFrame({"text": TEXTS}).select(matches(pl.col("text"), pattern)).to_series().to_list()
    assert found == [re.search(pattern, text) is not None for text in TEXTS]


@pytest.mark.parametrize("pattern", ["^[0-9]{2}$", "^(M|V|O)$", r"^\d{9}$", "^[1-9][0-9]*$", r"^\s*$"])
def test_simple_patterns_stay_inside_polars(pattern):
    assert "python" not in str(matches(pl.col("text"), pattern)).lower()
