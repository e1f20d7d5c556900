"""Every way in which the files of the protocols are broken, one change at a time."""

from __future__ import annotations

import copy
import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from pathlib import Path

Change = Callable[[Any], None]
LEVELS = ("file", "base", "facultative", "notice")
STATUSES = ("seed", "public", "assumed")
OPPOSITES = {
    "expect_column_values_to_not_be_null": "expect_column_values_to_be_null",
    "expect_column_values_to_be_in_set": "expect_column_values_to_not_be_in_set",
    "expect_column_values_to_match_regex": "expect_column_values_to_not_match_regex",
    "expect_column_pair_values_a_to_be_greater_than_b": "expect_column_pair_values_to_be_equal",
}
OPPOSITES |= {opposite: name for name, opposite in OPPOSITES.items()}
REGEXES = (  # what is put in the place of the first, everywhere in a pattern: looser and tighter ones
    ("^", ""),
    ("$", ""),
    ("[0-9]", "."),
    ("[0-9]", r"\d"),
    ("[0-9]", "[1-9]"),
    ("[0-9]", "[0-8]"),
    ("[0-9]", "[0-9 ]"),
    ("[0-9]", "[-+0-9]"),
)


@dataclass(frozen=True)
class Mutant:
    """One broken protocol: what was broken (a rule, a column, a list), how, and the file with the change made to its values."""

    target: str
    how: str
    path: str
    change: Change

    def write(self, source: Path, folder: Path) -> None:
        """A copy of the expectations with this change; other laws are left out, which it says nothing of."""
        others = {each.parent for each in source.glob("*/law.yaml")} - set((source / self.path).parents)
        for path in source.rglob("*.yaml"):
            if not others.isdisjoint(path.parents):
                continue
            copied = folder / path.relative_to(source)
            copied.parent.mkdir(parents=True, exist_ok=True)
            copied.write_bytes(path.read_bytes())
        data = copy.deepcopy(_read(source / self.path))
        self.change(data)
        dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
        (folder / self.path).write_text(yaml.dump(data, Dumper=dumper, allow_unicode=True, sort_keys=False), encoding="utf-8")


@cache
def mutants(source: Path) -> list[Mutant]:
    """Every mutant of every protocol in a folder with expectations, in the order of the files."""
    found: list[Mutant] = []
    for structure in sorted(source.glob("wmo/*/structuur.yaml")):
        folder = structure.parent.relative_to(source)
        found += _structure(structure, str(folder / "structuur.yaml"))
        for name in ("basis.yaml", "facultatief.yaml"):
            found += _suite(structure.with_name(name), str(folder / name))
    for path in sorted(source.glob("wmo/codes/*.yaml")):
        found += _codes(path, str(path.relative_to(source)))
    return found


@cache
def _read(path: Path) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)


def _at(*keys: str | int) -> Callable[[Any], Any]:
    def find(data: Any) -> Any:
        for key in keys:
            data = data[key]
        return data

    return find


def _put(find: Callable[[Any], Any], key: str | int, value: Any) -> Change:
    def change(data: Any) -> None:
        find(data)[key] = value

    return change


def _drop(find: Callable[[Any], Any], key: str | int) -> Change:
    def change(data: Any) -> None:
        del find(data)[key]

    return change


def _told(meta: dict[str, Any], find: Callable[[Any], Any], path: str, fields: list[str]) -> Iterator[Mutant]:
    """What every rule has: level, field, sentences, source, status."""
    code = meta["code"]
    for level in LEVELS:
        if level != meta["level"]:
            yield Mutant(code, f"level {level}", path, _put(find, "level", level))
    for status in STATUSES:
        if status != meta["status"]:
            yield Mutant(code, f"status {status}", path, _put(find, "status", status))
    for key in ("message", "repair", "source"):
        yield Mutant(code, f"{key} empty", path, _put(find, key, ""))
        yield Mutant(code, f"{key} missing", path, _drop(find, key))
    yield Mutant(code, "message not whole", path, _put(find, "message", meta["message"].rstrip(".")))
    yield Mutant(code, "another source", path, _put(find, "source", "GMSD-protocol Wmo, veld 99"))
    yield Mutant(code, "another code", path, _put(find, "code", "XXX-99"))
    for word in re.findall(r"\{(\w+)\}", meta["message"] + meta["repair"]):
        renamed = {key: meta[key].replace(f"{{{word}}}", "{something}") for key in ("message", "repair")}
        yield Mutant(code, f"{{{word}}} renamed", path, lambda data, renamed=renamed: find(data).update(renamed))
    if meta.get("field") is not None:
        yield Mutant(code, "field null", path, _put(find, "field", None))
        other = fields[(fields.index(meta["field"]) + 1) % len(fields)]
        yield Mutant(code, f"field {other}", path, _put(find, "field", other))
        yield Mutant(code, "example missing", path, _drop(find, "example"))
        yield Mutant(code, "example wrong", path, _put(find, "example", "x"))


def _structure(source: Path, path: str) -> Iterator[Mutant]:
    meta = _read(source)["meta"]
    rules, fields = meta["rules"], meta["fields"]
    for position, rule in enumerate(rules):
        find = _at("meta", "rules", position)
        yield Mutant(rule["code"], "removed", path, _drop(_at("meta", "rules"), position))
        following = rules[(position + 1) % len(rules)]["check"]
        yield Mutant(rule["code"], f"check {following}", path, _put(find, "check", following))
        yield Mutant(rule["code"], f"checks exchanged with {following}", path, _exchange(position, (position + 1) % len(rules)))
        yield from _told(rule, find, path, [])
    for position, field in enumerate(fields):
        yield from _field(field, position, fields, path)
    top = _at("meta")
    for key, value in (("separator", ","), ("separator", "|")):
        yield Mutant("limits", f"{key} {value}", path, _put(top, key, value))
    for key, value in meta["limits"].items():
        for other in (value - 1, value + 1, value * 2):
            yield Mutant("limits", f"{key} {other}", path, _put(_at("meta", "limits"), key, other))
    for key, value in (("from", "2014-H2"), ("from", "2015-H2"), ("to", "2026-H1"), ("to", "2014-H2")):
        yield Mutant("half_years", f"{key} {value}", path, _put(_at("meta", "half_years"), key, value))


def _exchange(one: int, other: int) -> Change:
    def change(data: Any) -> None:
        rules = data["meta"]["rules"]
        rules[one]["check"], rules[other]["check"] = rules[other]["check"], rules[one]["check"]

    return change


def _field(field: dict[str, Any], position: int, fields: list[dict[str, Any]], path: str) -> Iterator[Mutant]:
    name, find = field["name"], _at("meta", "fields", position)
    following = fields[(position + 1) % len(fields)]
    yield Mutant(name, "removed", path, _drop(_at("meta", "fields"), position))

    def swap(data: Any) -> None:
        listed = data["meta"]["fields"]
        other = (position + 1) % len(listed)
        listed[position], listed[other] = listed[other], listed[position]

    yield Mutant(name, "exchanged with the next", path, swap)
    yield Mutant(name, "renamed", path, _put(find, "name", f"{name}x"))
    yield Mutant(name, "other set", path, _put(find, "set", "base" if field["set"] == "facultative" else "facultative"))
    yield Mutant(name, "may_be_empty flipped", path, _put(find, "may_be_empty", not field["may_be_empty"]))
    for kind in ("date", "municipality", "person", "code", "number"):
        if kind != field["type"]:
            yield Mutant(name, f"type {kind}", path, _put(find, "type", kind))
    if field["record"] is not None:
        yield Mutant(name, "record null", path, _put(find, "record", None))
        if following["record"] is not None:

            def records(data: Any) -> None:
                listed = data["meta"]["fields"]
                other = (position + 1) % len(listed)
                listed[position]["record"], listed[other]["record"] = listed[other]["record"], listed[position]["record"]

            yield Mutant(name, "record exchanged with the next", path, records)
    if field.get("codes"):
        yield Mutant(name, "codes null", path, _put(find, "codes", None))
        other = next(each["codes"] for each in fields if each.get("codes") not in (None, field["codes"]))
        yield Mutant(name, f"codes {other}", path, _put(find, "codes", other))


def _suite(source: Path, path: str) -> Iterator[Mutant]:
    data = _read(source)
    fields = [field["name"] for field in _read(source.with_name("structuur.yaml"))["meta"]["fields"]]
    lists = sorted(each.stem for each in (source.parents[1] / "codes").glob("*.yaml"))
    for position, expectation in enumerate(data["expectations"]):
        code = expectation["meta"]["code"]
        yield Mutant(code, "removed", path, _drop(_at("expectations"), position))
        yield from _told(expectation["meta"], _at("expectations", position, "meta"), path, fields)
        yield from _expectation(code, expectation, _at("expectations", position), path, lists)
    for position, derived in enumerate(data["meta"]["derived"]):
        yield from _derived(derived, position, path, lists)


def _expectation(code: str, expectation: dict[str, Any], find: Callable[[Any], Any], path: str, lists: list[str]) -> Iterator[Mutant]:
    kwargs = expectation["kwargs"]

    def inside(data: Any) -> Any:
        return find(data)["kwargs"]

    if (expectation["type"] in OPPOSITES and "regex" not in kwargs and "column_A" not in kwargs) or "regex" in kwargs:
        yield Mutant(code, "the opposite", path, _put(find, "type", OPPOSITES[expectation["type"]]))
    yield Mutant(code, "unknown expectation", path, _put(find, "type", expectation["type"] + "s"))
    yield Mutant(code, "mostly 0.5", path, _put(inside, "mostly", 0.5))
    column = kwargs.get("column", "")
    if "." in column and not column.startswith("regel."):
        yield Mutant(code, "column before it was derived", path, _put(inside, "column", column.partition(".")[0]))
    for regex in _regexes(kwargs.get("regex")):
        yield Mutant(code, f"regex {regex}", path, _put(inside, "regex", regex))
    yield from _sets(code, kwargs, inside, path, lists)
    yield from _pairs_and_limits(code, kwargs, inside, path)
    condition = kwargs.get("row_condition")
    if condition is not None:
        yield Mutant(code, "row_condition dropped", path, _drop(inside, "row_condition"))
        flipped = {**condition, "is_null": not condition["is_null"]}
        yield Mutant(code, "row_condition flipped", path, _put(inside, "row_condition", flipped))
        elsewhere = {**condition, "column": {"name": "Volume"}}
        yield Mutant(code, "row_condition on another column", path, _put(inside, "row_condition", elsewhere))


def _sets(code: str, kwargs: dict[str, Any], inside: Callable[[Any], Any], path: str, lists: list[str]) -> Iterator[Mutant]:
    values = kwargs.get("value_set")
    if isinstance(values, list):
        yield Mutant(code, "value_set empty", path, _put(inside, "value_set", []))
        more = [*values, False] if values == [True] else [*values, "999900006"]
        yield Mutant(code, "value_set with one more", path, _put(inside, "value_set", more))
    elif isinstance(values, dict):
        name = values["$PARAMETER"]
        yield Mutant(code, "parameter unknown", path, _put(inside, "value_set", {"$PARAMETER": f"{name}S"}))
        yield Mutant(code, "parameter RECEIVED_ON", path, _put(inside, "value_set", {"$PARAMETER": "RECEIVED_ON"}))
        for other in ["MUNICIPALITIES", *(f"CODES_{each.upper()}" for each in lists)]:
            if other != name:
                yield Mutant(code, f"parameter {other}", path, _put(inside, "value_set", {"$PARAMETER": other}))
        yield Mutant(code, "value_set of one code", path, _put(inside, "value_set", ["01"]))


def _pairs_and_limits(code: str, kwargs: dict[str, Any], inside: Callable[[Any], Any], path: str) -> Iterator[Mutant]:
    if "or_equal" in kwargs:
        yield Mutant(code, "or_equal flipped", path, _put(inside, "or_equal", not kwargs["or_equal"]))
        yield Mutant(code, "or_equal dropped", path, _drop(inside, "or_equal"))
        for value in ("both_values_are_missing", "neither"):
            yield Mutant(code, f"ignore_row_if {value}", path, _put(inside, "ignore_row_if", value))
        turned = {"column_A": kwargs["column_B"], "column_B": kwargs["column_A"]}
        yield Mutant(code, "columns exchanged", path, lambda data: inside(data).update(turned))
    if "max_value" in kwargs:
        yield Mutant(code, "strict_max", path, _put(inside, "strict_max", True))
        yield Mutant(code, "fixed day", path, _put(inside, "max_value", dt.date(2999, 1, 1)))

        def turn(data: Any) -> None:
            inside(data)["min_value"] = inside(data).pop("max_value")

        yield Mutant(code, "max_value as min_value", path, turn)


def _regexes(regex: str | None) -> Iterator[str]:
    if regex is None:
        return
    broken = {regex.replace(old, new) for old, new in REGEXES} | {f"({regex}", f"{regex}|^x$"}
    for counted in re.finditer(r"\{(\d+)(?:,(\d+))?\}", regex):
        low, high = int(counted[1]), int(counted[2] or counted[1])
        # No count begins at 0: an empty cell is no value, so that no pattern ever sees one.
        for first, last in ((low + 1, max(high, low + 1)), (low, high + 1), (max(low - 1, 1), high), (low, max(high - 1, low))):
            if (first, last) != (low, high):
                broken.add(f"{regex[: counted.start()]}{{{first},{last}}}{regex[counted.end() :]}")
    yield from sorted(broken - {regex})


def _derived(derived: dict[str, Any], position: int, path: str, lists: list[str]) -> Iterator[Mutant]:
    name, find = derived["column"], _at("meta", "derived", position)
    yield Mutant(name, "removed", path, _drop(_at("meta", "derived"), position))
    for regex in _regexes(derived.get("regex")):
        yield Mutant(name, f"regex {regex}", path, _put(find, "regex", regex))
    for kind, setting in (("matching", {"regex": "^.*$"}), ("calendar_date", {}), ("eleven_test", {"exception": "999999999"})):
        if derived["kind"] not in ("outside", "repeated", kind):

            def kinds(data: Any, kind: str = kind, setting: dict[str, str] = setting) -> None:
                old = find(data)
                new = {"column": old["column"], "kind": kind, "of": old["of"], **setting}
                old.clear()
                old.update(new)

            yield Mutant(name, f"kind {kind}", path, kinds)
    if "exception" in derived:
        for value in ("999999990", "", "000000000"):
            yield Mutant(name, f"exception {value}", path, _put(find, "exception", value))
    if "codes" in derived:
        for other in lists:
            if other != derived["codes"]:
                yield Mutant(name, f"codes {other}", path, _put(find, "codes", other))
    if len(derived["of"]) > 1:
        first, second, third = derived["of"]
        for of in ([second, first, third], [first, third, third], [first, second, "Startdatum_ondersteuning"], [first, second]):
            yield Mutant(name, f"of {', '.join(of)}", path, _put(find, "of", of))
    elif derived["of"]:
        yield Mutant(name, "of another column", path, _put(find, "of", ["Volume"]))


def _codes(source: Path, path: str) -> Iterator[Mutant]:
    data = _read(source)
    yield Mutant(source.stem, "renamed", path, _put(_at(), "name", f"{source.stem}x"))
    if data.get("reason"):
        yield Mutant(source.stem, "reason missing", path, _drop(_at(), "reason"))
    yield Mutant(source.stem, "one code more", path, lambda read: read["codes"].append({**read["codes"][-1], "code": "98"}))
    for position, entry in enumerate(data["codes"]):
        find, target = _at("codes", position), f"{source.stem} {entry['code']}"
        yield Mutant(target, "removed", path, _drop(_at("codes"), position))
        yield Mutant(target, "code with a zero more", path, _put(find, "code", f"0{entry['code']}"))
        for key in ("valid_from", "valid_to"):
            for day in _shifted(entry[key]):
                yield Mutant(target, f"{key} {day or 'open'}", path, _put(find, key, day))


def _shifted(day: dt.date | None) -> Iterator[dt.date | None]:
    """A validity that is half a year off, or open where it was not; a day in the years at stake where it was open."""
    if day is None:
        yield dt.date(2019, 12, 31)
        return
    yield day - dt.timedelta(days=184)
    yield day - dt.timedelta(days=1)
    yield day + dt.timedelta(days=184)
    yield None
