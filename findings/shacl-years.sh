#!/usr/bin/env bash
# "Not before 2019", said of a year (xsd:gYear, which DCAT allows for the period that a data set covers), has two meanings in SHACL: pyshacl 0.40.1 and
# shacl 0.3.4 refuse the year 2020, because they cannot compare years and take that for a violation; pyshacl-turbo 0.6.5 and shacl-rust 0.2.12 accept
# it. And three of the four pass "2019-13" as a month (xsd:gYearMonth), while all four refuse 30 February as a date.
# Guessed: 2020 is not before 2019, and there are twelve months. What helps: whole dates in shapes that have bounds, and sh:pattern for years and months.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check pyshacl==0.40.1 rdflib==7.6.0 pyshacl-turbo==0.6.5 shacl==0.3.4 shacl-rust==0.2.12
cd "$work"
"$work/env/bin/python" -W ignore - <<'PY'
import logging
import sys
from importlib.metadata import version
from pathlib import Path

import pyshacl
import pyshacl_turbo
import shacl
import shacl_rust

logging.disable(logging.CRITICAL)
PREFIXES = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
CASES = {
    "date not before": ('sh:minInclusive "2019-01-01"^^xsd:date', '"2020-01-01"^^xsd:date'),
    "year not before": ('sh:minInclusive "2019"^^xsd:gYear', '"2020"^^xsd:gYear'),
    "30 February": ("sh:datatype xsd:date", '"2019-02-30"^^xsd:date'),
    "month 13": ("sh:datatype xsd:gYearMonth", '"2019-13"^^xsd:gYearMonth'),
}


def by_files(data: str, shapes: str) -> bool:
    Path("data.ttl").write_text(data)
    Path("shapes.ttl").write_text(shapes)
    return shacl.validate("data.ttl", "shapes.ttl").conforms


TURTLE = {"data_graph_format": "turtle", "shacl_graph_format": "turtle"}
ENGINES = {
    "pyshacl": lambda data, shapes: pyshacl.validate(data, shacl_graph=shapes, **TURTLE)[0],
    "shacl": by_files,
    "pyshacl-turbo": lambda data, shapes: pyshacl_turbo.validate(data, shacl_graph=shapes, **TURTLE)[0],
    "shacl-rust": lambda data, shapes: shacl_rust.validate(data, shapes)["conforms"],
}
print(*(f"{name} {version(name)}" for name in ENGINES))
found = {}
for case, (rule, value) in CASES.items():
    data = f"{PREFIXES}<http://example.org/period> dcat:startDate {value} ."
    shapes = f"{PREFIXES}<http://example.org/shape> a sh:NodeShape ; sh:targetNode <http://example.org/period> ; sh:property [ sh:path dcat:startDate ; {rule} ] ."
    found[case] = [bool(engine(data, shapes)) for engine in ENGINES.values()]
    print(f"{case:16}", dict(zip(ENGINES, found[case])))
held = found == {
    "date not before": [True, True, True, True],
    "year not before": [False, False, True, True],
    "30 February": [False, False, False, False],
    "month 13": [True, True, False, True],
}
sys.exit(0 if held else "the four judge otherwise now")
PY
