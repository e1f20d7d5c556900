"""Every mistake a person can make in the files of a protocol is told with file, line, what is wrong and what would be right."""

from __future__ import annotations

import datetime as dt
import functools
import random
import shutil
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from gmsd.protocol import ProtocolError, expectations_folder, mistakes_in, protocols
from gmsd.protocol.law import _read
from gmsd.protocol.loading import _of_law
from tests.support.second_law import copy_expectations

if TYPE_CHECKING:
    from pathlib import Path

STRUCTURE, BASE, FACULTATIVE = "wmo-2020/structuur.yaml", "wmo-2020/basis.yaml", "wmo-2020/facultatief.yaml"
UNITS, REASONS, LAW = "codes/eenheid.yaml", "codes/reden_beeindiging.yaml", "law.yaml"


@dataclass(frozen=True)
class Slip:
    """`old` is overwritten by `new` in a file; `says` is then told at the line of the change, or at the line that holds `at`."""

    what: str
    file: str
    old: str | None
    new: str
    says: str
    at: str | None = None


SLIPS = [
    Slip(
        "mark left out",
        BASE,
        "name: wmo-2020-basis\n",
        "name: wmo: 2020\n",
        'no YAML: mapping values are not allowed in this context; a text with ": " in it',
    ),
    Slip("tab", BASE, "  derived:\n", "\tderived:\n", "no YAML: found character that cannot start any token; a line is indented"),
    Slip("alias without anchor", FACULTATIVE, "regex: *twee}", "regex: *tweo}", "found undefined alias"),
    Slip("key twice", BASE, "      code: BSN-02\n", "      code: BSN-02\n      code: BSN-03\n", 'key "code" stands twice', "code: BSN-03"),
    Slip("list", UNITS, "name: eenheid", "- name: eenheid", "no YAML", "title: Eenheid"),
    Slip("nothing", UNITS, None, "", "is no mapping; a file begins with a key"),
    Slip("unknown key", BASE, "      level: base\n", "      levl: base\n", 'unknown key "levl"; did you mean "level"?'),
    Slip(
        "unknown key of a file", STRUCTURE, "name: wmo-2020-structuur\n", "naam: x\nname: x\n", 'unknown key "naam"; did you mean "name"?'
    ),
    Slip("missing key", UNITS, ", title: Minuut", "", "code 01: title is missing; it is text"),
    Slip("code as a number", UNITS, 'code: "14"', "code: 14", "code is a whole number; it is text, so put it between quotation marks"),
    Slip("empty sentence", BASE, "message: Het BSN is niet ingevuld.", "message: ''", "rule BSN-01: message is empty; it is text"),
    Slip(
        "yes",
        STRUCTURE,
        "type: person, may_be_empty: false",
        "type: person, may_be_empty: 1",
        "may_be_empty is a whole number; it is true or false",
    ),
    Slip("unknown level", BASE, "level: base", "level: bse", '"bse" is none of file, base, facultative, notice; did you mean "base"?'),
    Slip("unknown status", BASE, "status: seed", "status: seeds", '"seeds" is none of seed, public, assumed; did you mean "seed"?'),
    Slip("unknown type", STRUCTURE, "type: person", "type: persoon", 'field BSN: type "persoon" is none of date, municipality, person'),
    Slip("unknown set", STRUCTURE, "BSN, set: base", "BSN, set: basis", 'did you mean "base"?'),
    Slip("unknown kind", BASE, "kind: eleven_test", "kind: eleven_tst", 'derived column BSN.vorm: kind "eleven_tst" is none of'),
    Slip("unknown check", STRUCTURE, "check: nul\n", "check: null_byte\n", 'check "null_byte" is none of'),
    Slip("check without rule", STRUCTURE, "check: nul\n", "check: empty\n", "rule BEST-04: check empty has a rule on line"),
    Slip(
        "level of another file", BASE, "level: notice", "level: file", "level file does not belong in this file; it is one of base, notice"
    ),
    Slip("level of another set", FACULTATIVE, "level: facultative", "level: notice", ""),
    Slip("code of small letters", BASE, "code: BSN-02", "code: bsn 2", "is no short code of capitals and digits, such as BSN-02"),
    Slip("code twice", BASE, "code: BSN-02", "code: BSN-01", "rule BSN-01: this code stands twice, also in line"),
    Slip("code in two files", FACULTATIVE, "code: VOL-02", "code: BSN-01", "this code stands twice, also in basis.yaml line"),
    Slip(
        "unknown field",
        BASE,
        "code: BSN-01\n      level: base\n      field: BSN",
        "code: BSN-01\n      level: base\n      field: BSNN",
        'no field "BSNN"; did you mean "BSN"?',
        "field: BSNN",
    ),
    Slip(
        "field it does not look at",
        BASE,
        "code: BSN-01\n      level: base\n      field: BSN",
        "code: BSN-01\n      level: base\n      field: Leveringsvorm",
        "it looks at BSN, but is told at Leveringsvorm",
        "kwargs: {column: BSN}",
    ),
    Slip(
        "unknown column",
        FACULTATIVE,
        "column: Eenheid.vorm, value",
        "column: Eenheid.form, value",
        'rule EENH-03: no column "Eenheid.form"; did you mean "Eenheid.vorm"?',
    ),
    Slip(
        "unknown column in a condition",
        BASE,
        "column: {name: BSN}",
        "column: {name: BNS}",
        'rule BSN-02: no column "BNS"; did you mean "BSN"?',
    ),
    Slip(
        "unknown parameter",
        FACULTATIVE,
        "CODES_EENHEID",
        "CODES_EENHEDEN",
        'no parameter "CODES_EENHEDEN"; did you mean "CODES_EENHEID"? (known are RECEIVED_ON, LAST_DAY, YEAR_LATER, MUNICIPALITIES, PROV',
    ),
    Slip(
        "parameter in a list",
        BASE,
        "value_set: {$PARAMETER: MUNICIPALITIES}",
        "value_set: [{$PARAMETER: MUNICIPALITIES}]",
        "stands inside value_set; only a whole argument is filled in",
    ),
    Slip("unknown code list", STRUCTURE, "codes: eenheid", "codes: eenheden", 'no code list "eenheden" in codes/; did you mean "eenheid"?'),
    Slip("unknown code list of a column", FACULTATIVE, "codes: reden_beeindiging", "codes: redenen", 'no code list "redenen" in codes/'),
    Slip(
        "derived of an unknown column",
        BASE,
        "of: [BSN]",
        "of: [BSM]",
        'derived column BSN.vorm: no column "BSM" to make it of; did you mean "BSN"?',
    ),
    Slip(
        "derived of too few columns",
        BASE,
        "[Startdatum_ondersteuning.datum, Einddatum_ondersteuning.datum, Einddatum_ondersteuning]",
        "[Startdatum_ondersteuning.datum]",
        "of names 1 columns; kind outside is made of 3",
    ),
    Slip(
        "derived twice", FACULTATIVE, "column: Reden_beeindiging.goed, kind", "column: Eenheid.vorm, kind", "there is such a column already"
    ),
    Slip(
        "derived without its setting",
        BASE,
        ", exception: &onbekend",
        ", excepton: &onbekend",
        'unknown key "excepton"; did you mean "exception"?',
    ),
    Slip(
        "word that is not filled in",
        BASE,
        "({deliverer})",
        "({gemeente})",
        "message has {gemeente}, which is not filled in here; known are deliverer, half_year, municipality, share",
    ),
    Slip("word of another check", STRUCTURE, "({expected})", "({columns})", "message has {columns}, which is not filled in here"),
    Slip(
        "lone brace",
        BASE,
        "message: Het BSN is niet ingevuld.",
        "message: Het BSN is niet { ingevuld.",
        "message has a brace that stands alone",
    ),
    Slip("broken regex", FACULTATIVE, "'^[0-9]{1,8}$'", "'^([0-9]{1,8}$'", "is no regular expression: missing ), unterminated subpattern"),
    Slip("broken regex of a column", FACULTATIVE, "&een '^[0-9]$'", "&een '^[0-9$'", "derived column Frequentie.vorm: regex"),
    Slip(
        "no regex",
        FACULTATIVE,
        "{column: Volume, regex: '^[0-9]{1,8}$'}",
        "{column: Volume}",
        "rule VOL-02: argument regex is missing; without it",
    ),
    Slip(
        "empty set", BASE, "value_set: [true]", "value_set: []", "rule REC-01: argument value_set is empty; leave it out or give it a value"
    ),
    Slip(
        "pattern that polars does not know",
        FACULTATIVE,
        "&een '^[0-9]$'",
        "&een '^(?=[0-9]).$'",
        "column Frequentie.vorm: regex does not run",
    ),
    Slip("day that does not exist", UNITS, "2021-01-01", "2021-13-01", "code 84: valid_from is text; it is a day, such as 2021-01-01"),
    Slip(
        "validity reversed",
        REASONS,
        '"39", title: Ander domein, valid_from: 2022-04-01, valid_to: null',
        '"39", title: x, valid_from: 2022-04-01, valid_to: 2022-03-31',
        "code 39: valid_to (2022-03-31) lies before valid_from (2022-04-01)",
    ),
    Slip(
        "valid twice",
        REASONS,
        "beëindigd, valid_from: 2018-01-01",
        "beëindigd, valid_from: 2017-12-31",
        "code 19: stands also on line 8 and both are valid on the same days",
    ),
    Slip("half-year", STRUCTURE, "from: 2015-H1", "from: 2015-H3", 'from "2015-H3" is no half-year; write it as 2019-H2'),
    Slip("first after last", STRUCTURE, "to: null", "to: 2014-H2", "to (2014-H2) lies before from (2015-H1)"),
    Slip(
        "separator of two characters", STRUCTURE, 'separator: ";"', 'separator: ";;"', "separator is one character that stands in no value"
    ),
    Slip("limit of nothing", STRUCTURE, "bytes: 536870912", "bytes: 0", "bytes is 0; it is 1 or more"),
    Slip("field twice", STRUCTURE, "record: volume", "record: allocation_number", 'record "allocation_number" stands also on line'),
    Slip(
        "record that is not kept",
        STRUCTURE,
        "record: volume",
        "record: volumes",
        'field Volume: record "volumes" is no column of law.yaml; did you mean "volume"?',
    ),
    Slip(
        "kept as another set",
        STRUCTURE,
        "set: facultative, type: number, may_be_empty: true, record: volume",
        "set: facultative, type: number, may_be_empty: true, record: delivery_form",
        "set is facultative, but column delivery_form of law.yaml is base; what is refused must be what is emptied",
    ),
    Slip(
        "person kept as a number",
        STRUCTURE,
        "type: number, may_be_empty: true, record: volume",
        "type: person, may_be_empty: true, record: volume",
        "field Volume: type is person, but column volume of law.yaml is a bigint",
    ),
    Slip(
        "passes with time without refusing",
        FACULTATIVE,
        "code: VOL-02",
        "code: VOL-02\n      passes_with_time: true",
        "passes_with_time is said of a rule that refuses a file",
        "passes_with_time",
    ),
    Slip("law of another folder", LAW, "id: wmo", "id: jeugd", 'id "jeugd" is not the name of its folder, wmo'),
    Slip("law without a title", LAW, "title: Wmo\n", "", "title is missing; it is text", "id: wmo"),
    Slip("prefix of two parts", LAW, "prefix: WMO", "prefix: WMO_", 'prefix "WMO_" is no word of letters and digits, such as WMO'),
    Slip("extension with its dot", LAW, "[csv, txt]", "[.csv, txt]", "extensions holds '.csv'; each is a word of letters and digits"),
    Slip("no extension", LAW, "[csv, txt]", "[]", "extensions is empty; it is a list"),
    Slip("unknown sender", LAW, "from: municipality", "from: gemeente", 'from "gemeente" is none of municipality'),
    Slip("unknown counting", LAW, "counting: arrangements", "counting: arrangement", 'did you mean "arrangements"?'),
    Slip("table twice", LAW, "[83262NED, ", "[83262NED, 83262NED, ", "tables holds 83262NED twice"),
    Slip(
        "unknown type of a column", LAW, "name: unit, type: smallint", "name: unit, type: int", 'column unit: type "int" is none of person'
    ),
    Slip(
        "unknown set of a column", LAW, "volume, type: bigint, set: facultative", "volume, type: bigint, set: extra", 'set "extra" is none'
    ),
    Slip("column twice", LAW, "name: frequency", "name: unit", "column unit: there is such a column already"),
    Slip("column of every record", LAW, "name: unit", "name: line", "column line: every record has a line of its own"),
    Slip("column of a name", LAW, "name: unit", "name: Eenheid", "column Eenheid: a name is of small letters, digits and _"),
    Slip(
        "person under another name",
        LAW,
        "name: bsn, type: person",
        "name: client, type: person",
        "column client: the column of type person, and it alone, is called bsn",
    ),
    Slip(
        "column that counting needs",
        LAW,
        "  - {name: end_reason, type: smallint, set: facultative}\n",
        "",
        "no column end_reason; counting arrangements needs it",
        "record:",
    ),
    Slip(
        "record that must be there",
        STRUCTURE,
        "record: bsn",
        "record: null",
        "no field has record bsn; without it nothing can be counted",
        "fields:",
    ),
    Slip(
        "unknown expectation",
        BASE,
        "expect_column_values_to_be_between",
        "expect_column_values_to_be_betwen",
        'did you mean "expect_column_values_to_be_between"?',
    ),
    Slip(
        "unknown argument",
        BASE,
        "or_equal: true",
        "or_equals: true",
        'rule EIND-03: unknown argument "or_equals"; did you mean "or_equal"?',
    ),
    Slip(
        "missing argument",
        BASE,
        "kwargs: {column: Type_maatwerkarrangement, value_set",
        "kwargs: {value_set",
        "rule TYPE-02: argument column is missing",
    ),
    Slip(
        "argument of another type", BASE, "or_equal: true", "or_equal: maybe", "rule EIND-03: Great Expectations refuses argument or_equal"
    ),
    Slip(
        "parameter of another type",
        BASE,
        "$PARAMETER: RECEIVED_ON",
        "$PARAMETER: MUNICIPALITIES",
        "rule AANM-03: Great Expectations refuses argument max_value",
    ),
    Slip(
        "no condition",
        BASE,
        "row_condition: {type: nullity, column: {name: BSN}",
        "row_condition: {type: nulity, column: {name: BSN}",
        "row_condition is no condition of Great Expectations",
    ),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy_expectations(tmp_path / "expectations")
    return tmp_path / "expectations"


def spoil(folder: Path, slip: Slip) -> tuple[Path, int]:
    """The file with the slip, and the line where it is."""
    path = folder / "wmo" / slip.file
    text = path.read_text(encoding="utf-8")
    if slip.old is None:
        path.write_text(slip.new, encoding="utf-8")
        return path, 1
    assert slip.old in text, "the file has changed; write the slip anew"
    path.write_text(text.replace(slip.old, slip.new, 1), encoding="utf-8")
    if slip.at is not None:
        lines = path.read_text(encoding="utf-8").splitlines()
        start = text[: text.index(slip.old)].count("\n")
        near = sorted((abs(number - start), number) for number, line in enumerate(lines, start=1) if slip.at in line)
        return path, near[0][1]
    return path, text[: text.index(slip.old)].count("\n") + 1


@pytest.mark.parametrize("slip", [slip for slip in SLIPS if slip.says], ids=lambda slip: slip.what)
def test_slip_is_told_where_it_is(folder, slip):
    path, line = spoil(folder, slip)
    told = [(mistake.path, mistake.line) for mistake in mistakes_in(folder) if slip.says in mistake.text]
    assert (path, line) in told, "\n".join(map(str, mistakes_in(folder)))
    assert len(mistakes_in(folder)) <= 2, "one slip is told once, or at both places it concerns"


def test_notice_about_a_facultative_field_is_in_order(folder):
    spoil(folder, next(slip for slip in SLIPS if slip.what == "level of another set"))
    assert mistakes_in(folder) == ()


def test_all_mistakes_are_told_together_one_a_line(folder):
    for what in ("unknown level", "unknown type", "validity reversed"):
        spoil(folder, next(slip for slip in SLIPS if slip.what == what))
    with pytest.raises(ProtocolError) as told:
        protocols(folder)
    lines = str(told.value).splitlines()
    assert [line.split(":")[0].rsplit("/", 1)[1] for line in lines] == ["reden_beeindiging.yaml", "basis.yaml", "structuur.yaml"]


def test_half_years_of_two_protocols(folder):
    later = folder / "wmo" / "wmo-2023"
    shutil.copytree(folder / "wmo" / "wmo-2020", later)

    def holds(first: str, last: str, *, earlier: str = "null", name: str = "wmo-2023") -> str:
        structure = (expectations_folder() / "wmo" / STRUCTURE).read_text(encoding="utf-8")
        own = structure.replace("from: 2015-H1, to: null", f"from: {first}, to: {last}").replace("protocol: wmo-2020", f"protocol: {name}")
        (later / "structuur.yaml").write_text(own, encoding="utf-8")
        (folder / "wmo" / STRUCTURE).write_text(structure.replace("to: null}", f"to: {earlier}}}", 1), encoding="utf-8")
        return "\n".join(str(mistake) for mistake in mistakes_in(folder))

    assert holds("2023-H1", "null") == ""
    assert [str(protocol.last) for protocol in protocols(folder)] == ["2022-H2", "None"]
    assert holds("2023-H1", "null", earlier="2022-H2") == ""
    assert "to is 2023-H1, but wmo-2023 holds from 2023-H1; end at 2022-H2" in holds("2023-H1", "null", earlier="2023-H1")
    assert "to is 2022-H1, and the next, wmo-2023, begins at 2023-H1" in holds("2023-H1", "null", earlier="2022-H1")
    assert "wmo-2020 holds from 2015-H1 too" in holds("2015-H1", "null")
    assert 'protocol "wmo-2020" stands in' in holds("2023-H1", "null", name="wmo-2020")


def test_without_great_expectations_knowing_it_a_suite_is_refused_by_name(folder):
    spoil(folder, next(slip for slip in SLIPS if slip.what == "unknown expectation"))
    (protocol,) = protocols(folder)
    with pytest.raises(ProtocolError, match=r"basis\.yaml:\d+: rule AANM-03: Great Expectations has no expectation"):
        protocol.open_suite(municipality_known=True)


def places(value: Any, keys: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The keys that lead to every value in a file."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [keys, *(each for key, inner in below for each in places(inner, (*keys, key)))]


@pytest.mark.parametrize("file", [STRUCTURE, BASE, FACULTATIVE, UNITS, LAW])
def test_whatever_stands_in_a_file_reading_tells_it_and_does_not_break(folder, file):
    path, draw = folder / "wmo" / file, random.Random(file)
    original = path.read_text(encoding="utf-8")
    for _ in range(25):
        read = yaml.load(original, Loader=yaml.CSafeLoader)
        *way, last = draw.choice(places(read)[1:])
        inside = functools.reduce(lambda value, key: value[key], way, read)
        if draw.random() < 0.2:
            del inside[last]
        else:
            inside[last] = draw.choice([None, 1, 1.5, "x", "", [], {}, True, dt.date(2020, 1, 1), ["a", 1], {"a": 1}, {1: "a"}])
        path.write_text(yaml.dump(read, Dumper=yaml.CSafeDumper, sort_keys=False), encoding="utf-8")
        assert all(mistake.line is not None for mistake in mistakes_in(folder))


def test_reading_takes_little_of_a_check(folder):
    def seconds() -> float:
        _of_law.cache_clear()
        _read.cache_clear()
        began = time.process_time()
        protocols(folder)
        return time.process_time() - began

    assert min(seconds() for _ in range(5)) < 0.06


def test_folder_without_law_or_protocol(tmp_path, folder):
    def mistakes(of: Path) -> str:
        return "\n".join(map(str, mistakes_in(of)))

    (tmp_path / "nothing").mkdir()
    assert "no law; each is a folder with law.yaml" in mistakes(tmp_path / "nothing")
    shutil.copytree(folder / "wmo" / "wmo-2020", folder / "jeugd" / "jeugd-2020")
    assert "jeugd: holds a protocol, but" in mistakes(folder)
    shutil.rmtree(folder / "jeugd")
    shutil.rmtree(folder / "wmo" / "wmo-2020")
    assert mistakes(folder).endswith("wmo: no protocol; each is a folder with structuur.yaml")
