"""`cbsodataR`, the R package that CBS's users read StatLine with, against `gmsd serve`. It needs R and the package: not in `make test`.

Debian: `apt-get install r-base-core r-cran-jsonlite r-cran-whisker`; the package is github.com/edwindj/cbsodataR, `R CMD INSTALL` of its
folder. Where it is not in R's own library, `R_LIBS` names its folder. Then `tests/run clients`.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.releases import H1, H2, content
from tests.support.served import TABLE, release_folder, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gmsd.releases import ReleaseContent

R = Callable[[str], Any]
START = """
suppressPackageStartupMessages(library(cbsodataR))
options(warn = 1, cbsodataR.base_url = "http://{address}")
said <- function(x) cat(jsonlite::toJSON(x, auto_unbox = TRUE, na = "null", null = "null", digits = NA))
id <- "{table}"
"""


@pytest.fixture(scope="module")
def release() -> ReleaseContent:
    return content(H1, H2, all_places=True, every_table=True)


@pytest.fixture(scope="module")
def address(release: ReleaseContent, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(release_folder(tmp_path_factory.mktemp("release"), release)) as found:
        yield found


@pytest.fixture(scope="module")
def run(address: str, tmp_path_factory: pytest.TempPathFactory) -> R:
    """Run a script of R; its last `said(...)` comes back."""
    found = shutil.which("Rscript")
    assert found, "R is not installed: apt-get install r-base-core r-cran-jsonlite r-cran-whisker"
    has = subprocess.run([found, "-e", "library(cbsodataR)"], capture_output=True, text=True, check=False)
    assert has.returncode == 0, f"cbsodataR is not installed (github.com/edwindj/cbsodataR): {has.stderr}"
    folder: Path = tmp_path_factory.mktemp("scripts")

    def script(text: str) -> Any:
        path = folder / "script.R"
        path.write_text(START.format(address=address, table=TABLE) + text, encoding="utf-8")
        done = subprocess.run([found, "--vanilla", path], capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr + done.stdout
        assert f"Failing: http://{address}" not in done.stderr
        return json.loads(done.stdout)

    return script


def test_it_reads_every_cell(run: R) -> None:
    data = run("d <- cbs_get_data(id); said(list(rows = nrow(d), names = names(d), missing = sum(is.na(d$WmoClienten_1)), first = d[1,]))")
    assert data["rows"] == 6 * 356 * 3
    assert data["names"][2:] == ["TypeMaatwerkarrangement", "RegioS", "Perioden", "WmoClienten_1", "WmoClientenPer1000Inwoners_2"]
    assert 0 < data["missing"] < data["rows"]
    assert (data["first"][0]["RegioS"].strip(), data["first"][0]["Perioden"]) == ("NL01", "2019HJ01")
    assert isinstance(data["first"][0]["WmoClienten_1"], int)


TABLES = ("83262NED", "83264NED", "86050NED", "83268NED", "GMSDMA01", "GMSDNL01")


@pytest.mark.parametrize("table_id", TABLES)
def test_it_reads_every_cell_of_every_table(run: R, release: ReleaseContent, table_id: str) -> None:
    """The rows that show a figure, with their keys, against the release's own ledger."""
    published = next(each for each in release.tables if each.table.table_id == table_id)
    names = [published.table.dimension(kind).key for kind in ("groups", "regions", "periods")]
    measures = [measure.key for measure in published.table.measures]
    data = run(f"""
        d <- cbs_get_data("{table_id}")
        said(lapply(as.list(d)[c({", ".join(f"'{name}'" for name in names + measures)})], as.vector))
    """)
    cube = zip(*(data[name] for name in names + measures), strict=True)
    found = {
        (measure, *(key.strip() for key in row[:3])): value
        for row in cube
        for measure, value in zip(measures, row[3:], strict=True)
        if value is not None
    }
    cells = published.cells.drop_nulls("value").select("measure", "group_code", "region", "period", "value")
    assert found == {row[:4]: row[4] for row in cells.iter_rows()}


@pytest.mark.parametrize("table_id", TABLES)
def test_it_labels_every_table(run: R, table_id: str) -> None:
    labels = run(f"d <- cbs_add_label_columns(cbs_get_data('{table_id}', RegioS = 'NL01  ')); said(as.list(sapply(d, anyNA)))")
    assert {name: missing for name, missing in labels.items() if name.endswith("_label")}
    assert not any(missing for name, missing in labels.items() if name.endswith("_label"))


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("RegioS = 'NL01  '", 18),
        ("RegioS = 'NL01'", 18),
        ("RegioS = has_substring('NL01  ')", 18),
        ("RegioS = has_substring('NL')", 18),
        ("RegioS = c('NL01  ', 'GM0518'), Perioden = '2019JJ00'", 12),
        ("RegioS = has_substring('NL01  ') | 'GM0518', TypeMaatwerkarrangement = 'T001024'", 6),
        ("Perioden = has_substring('HJ'), RegioS = eq('GM0363')", 12),
        ("Perioden = has_substring(c('HJ01', 'JJ')), RegioS = cbs_get_meta(id)$RegioS$Key[1:2]", 24),
    ],
)
def test_its_filters_find_what_they_mean(run: R, query: str, rows: int) -> None:
    assert run(f"said(nrow(cbs_get_data(id, {query})))") == rows


def test_it_selects_and_reads_untyped(run: R) -> None:
    """It can only select what holds the periods: it marks that column, there or not."""
    found = run("said(cbs_get_data(id, RegioS = 'GM0034', Perioden = '2019HJ01', select = c('RegioS', 'Perioden', 'WmoClienten_1')))")
    assert len(found) == 6
    assert all(set(row) == {"RegioS", "Perioden", "WmoClienten_1"} for row in found)
    assert set(run("said(trimws(cbs_get_data(id, RegioS = 'GM0034', typed = FALSE)$WmoClienten_1))")) > {"."}


def test_it_reads_the_metadata_and_the_labels(run: R) -> None:
    names = run("m <- cbs_get_meta(id); said(names(m))")
    assert {"TableInfos", "DataProperties", "CategoryGroups", "RegioS", "Perioden"} <= set(names)
    labels = run("d <- cbs_add_label_columns(cbs_get_data(id, RegioS = 'NL01  ')); said(unique(as.character(d$RegioS_label)))")
    assert labels in ("Nederland", ["Nederland"])


def test_it_reads_the_catalogue(run: R) -> None:
    for query, tables in {"": 6, "Language = 'nl'": 6, "Identifier = id": 1, "ShortTitle = has_substring('Wmo')": 5}.items():
        listed = run(f"said(cbs_get_toc({query}))")
        assert listed[0]["Identifier"] == TABLE
        assert len(listed) == tables
        assert len(listed[0]) == 25
    assert run("said(cbs_get_datasets(select = c('Identifier', 'Catalog'))$Identifier)") == list(TABLES)
    themes = run("said(cbs_get_themes(verbose = FALSE)$Title)")
    assert "Gezondheid en welzijn" in themes
    assert run("said(cbs_get_tables_themes()$TableIdentifier)") == list(TABLES)


def test_the_default_selection_is_one_that_it_can_use(run: R) -> None:
    found = run(
        "s <- cbsodataR:::cbs_default_selection(cbs_get_meta(id)); s$select <- NULL\n"
        "d <- do.call(cbs_get_data, lapply(s, eval)); said(d[, c('RegioS', 'WmoClienten_1')])"
    )
    assert len(found) == 6
    assert all(row["WmoClienten_1"] for row in found)
