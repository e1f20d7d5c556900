"""The documentation's blocks of code: each is executed, or says in the line above it why it is not."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from gmsd.releases import bundle
from tests.spec.checking import clean
from tests.support.pages import FENCE, PROJECT, Block, blocks, checkout, follow
from tests.support.releases import H1, H2, content

if TYPE_CHECKING:
    from pathlib import Path

CHANGING = blocks((PROJECT / "docs" / "changing.md").read_text(encoding="utf-8"))
SECTIONS = list(dict.fromkeys(block.section for block in CHANGING))

FORMATS_OF_A_RELEASE = """
import json
from gmsd.releases import bundle
from tests.support.releases import H1, H2, content
print(json.dumps(sorted(bundle(content(H1, H2, every_table=True), "0" * 64))))
"""


def released(home: Path) -> list[str]:
    """The files of a release that is made with what a copy of the checkout holds."""
    environment = {"PYTHONPATH": f"{home}/plugins:{home}", "GMSD_HOME": str(home), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-c", FORMATS_OF_A_RELEASE], cwd=home, env=environment, capture_output=True, text=True, check=True, timeout=120
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("section", SECTIONS)
def test_what_is_added_as_the_page_says_works(section: str, tmp_path: Path) -> None:
    home = checkout(tmp_path)
    steps = [block for block in CHANGING if block.section == section]
    assert [block.reason for block in steps if block.reason] == []
    follow(steps, home)
    if section == "A table":
        files = released(home)
        assert {"csv/GMSDHD01.csv", "ods/GMSDHD01.ods", "parquet/GMSDHD01.parquet", "sdmx/GMSDHD01.xml"} <= set(files)
        assert "statline/GMSDHD01/data.csv" in files
    if section.startswith("A format"):
        assert "totals/shown.json" in released(home)


WRITTEN = [
    PROJECT / "README.md",
    *sorted((PROJECT / "docs").rglob("*.md")),
    *(PROJECT / name for name in ("expectations/README.md", "findings/README.md", "tests/README.md", "plugins/gx_polars/README.md")),
]
FOLLOWED = {  # page -> the languages of the blocks that tests of this file execute
    "docs/changing.md": {"sh", "python", "diff"},
    "docs/formats.md": {"python"},
    "docs/zelf-controleren.md": {"sh"},
}
ELSEWHERE = {  # page, language -> who executes these blocks, and what stands there
    ("README.md", "sh"): (".ci/run", "make test"),
    ("docs/round.md", "sh"): ("tests/ui/test_round_page.py", '"round.md"'),
    ("docs/comparison.md", "python"): ("tests/unit/comparison/test_comparisons.py", '"comparison.md"'),
    ("docs/audit.md", "python"): ("tests/integration/test_audit.py", '"audit.md"'),
    ("plugins/gx_polars/README.md", "python"): ("tests/unit/gx_polars/test_validation_parity.py", '"README.md"'),
}


def test_every_block_is_executed_or_says_why_not() -> None:
    """A block without a language, or of text, is a picture or what a program prints."""
    left = []
    for path in WRITTEN:
        name = str(path.relative_to(PROJECT))
        for block in blocks(path.read_text(encoding="utf-8")):
            known = block.language in {"", "text"} or block.reason or block.language in FOLLOWED.get(name, ())
            if not known and (name, block.language) not in ELSEWHERE:
                left.append(f"{name}:{block.line}")
    assert left == []
    for test, words in ELSEWHERE.values():
        assert words in (PROJECT / test).read_text(encoding="utf-8")


def test_no_command_stands_indented_where_nobody_looks_for_it() -> None:
    code = re.compile(r"\n\n    (?!\S+\.md)\S.*", re.MULTILINE)
    assert [str(path.relative_to(PROJECT)) for path in WRITTEN if code.search(FENCE.sub("", path.read_text(encoding="utf-8")))] == []


def test_a_release_is_read_as_the_page_says(tmp_path: Path) -> None:
    for name, data in bundle(content(H1, H2, every_table=True), "0" * 64).items():
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    steps = [block for block in blocks((PROJECT / "docs" / "formats.md").read_text(encoding="utf-8")) if block.language == "python"]
    assert len(steps) == 2
    follow(steps, tmp_path)


def test_a_file_is_checked_as_the_dutch_page_says(tmp_path: Path) -> None:
    """With the command where the page has it after installing, which tests/apart/test_wheel.py does."""
    for name in ("WMO_H22019_gemeenteDenHaag.csv", "WMO_H22019_x.csv", "map-met-bestanden/WMO_H22019_y.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(clean())
    for folder in ("expectations", "sql"):
        (tmp_path / folder).symlink_to(PROJECT / folder)
    (tmp_path / "gmsd").mkdir()
    (tmp_path / "gmsd" / "bin").symlink_to(tmp_path / "bin")
    install, *steps = [b for b in blocks((PROJECT / "docs" / "zelf-controleren.md").read_text(encoding="utf-8")) if b.language == "sh"]
    assert "pip install ." in install.text
    one, more = follow(steps, tmp_path)
    assert one.startswith("Goedgekeurd: WMO_H22019_gemeenteDenHaag.csv")
    assert {path.name for path in tmp_path.iterdir()} >= {"fouten.xlsx", "rapport.html", "rapporten"}
    assert '"verdict": "accepted"' in more


def test_page_goes_through_everything_that_can_be_added() -> None:
    assert [section.partition(":")[0] for section in SECTIONS] == ["A code", "A protocol year", "A table", "A format", "A law"]


PAGE = """# A page
```sh
echo one
```
```text
{printed}
```
Not executed: there is no such program anywhere.
```sh
no-such-program
```
## Below
```sh
{last}
```
"""


def test_what_is_printed_otherwise_or_fails_is_noticed(tmp_path: Path) -> None:
    right = blocks(PAGE.format(printed="o...", last="echo two"))
    assert [(block.section, block.language, bool(block.reason)) for block in right] == [
        ("", "sh", False), ("", "text", False), ("", "sh", True), ("Below", "sh", False),
    ]  # fmt: skip
    assert follow(right, tmp_path) == ["one\n", "two\n"]
    with pytest.raises(AssertionError, match="line 5: not printed: other"):
        follow(blocks(PAGE.format(printed="other", last="true")), tmp_path)
    with pytest.raises(AssertionError, match="line 13: "):
        follow(blocks(PAGE.format(printed="one", last="false")), tmp_path)
    assert isinstance(right[0], Block)
