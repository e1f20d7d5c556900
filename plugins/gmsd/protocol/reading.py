"""Where the protocol's files lie, and a YAML file as values that know their line in it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from gmsd.errors import GmsdError
from gmsd.folders import data_folder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

_SAFE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_KINDS = {
    bool: "true or false",
    dict: "a mapping",
    dt.date: "a day, such as 2021-01-01",
    int: "a whole number",
    list: "a list",
    str: "text",
}
_HINTS = {
    "mapping values are not allowed": 'a text with ": " in it stands between quotation marks',
    "cannot start any token": "a line is indented with blanks, never with tabs",
    "found undefined alias": "an alias (*name) comes after the anchor (&name) that it repeats",
}


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something wrong in a file of the protocol, and what would be right."""

    path: Path
    line: int | None
    text: str

    def __str__(self) -> str:
        """`expectations/wmo/wmo-2020/basis.yaml:37: what is wrong`."""
        shown = self.path.relative_to(Path.cwd()) if self.path.is_relative_to(Path.cwd()) else self.path
        return f"{shown}: {self.text}" if self.line is None else f"{shown}:{self.line}: {self.text}"


class ProtocolError(GmsdError):
    """Files of the protocol are not in order; the text has one line for each mistake: file, line, what is wrong, what would be right."""

    def __init__(self, *lines: Mistake | str) -> None:
        super().__init__("\n".join(str(each) for each in lines))
        self.mistakes: tuple[Mistake, ...] = tuple(each for each in lines if isinstance(each, Mistake))


def expectations_folder() -> Path:
    """The folder with the suites: that of the installation's home, else the copy in the package."""
    folder = data_folder("expectations")
    if not folder.is_dir():
        raise ProtocolError(f"no folder with expectations: {folder}")
    return folder


def nearest(word: object, known: Collection[str]) -> str:
    """`did you mean "base"?`, or what there is to choose from."""
    close = get_close_matches(str(word), list(known), n=1, cutoff=0.6)
    return f'did you mean "{close[0]}"?' if close else f"known are {', '.join(known) or 'none'}"


def refused_pattern(regex: str) -> str | None:
    """Why polars, which knows no look-around, cannot run a pattern; None when it can."""
    import polars as pl

    try:
        pl.Series([""]).str.contains(regex)
    except pl.exceptions.ComputeError as error:
        return " ".join(str(error).split())
    return None


class _Loader(_SAFE):  # type: ignore[misc]
    """The safe loader; it also tells keys that stand twice, and leaves a day that does not exist as text for the reader to refuse."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.doubled: list[tuple[str, int, int]] = []

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        first: dict[str, int] = {}
        for key, _value in node.value:
            if key.value in first:
                self.doubled.append((key.value, first[key.value], key.start_mark.line + 1))
            first.setdefault(key.value, key.start_mark.line + 1)
        return super().construct_mapping(node, deep=deep)

    def day(self, node: Any) -> Any:
        try:
            return self.construct_yaml_timestamp(node)
        except ValueError:
            return node.value


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.day)


class Document:
    """One file of the protocol.

    Attributes:
        path: Where it is.
        mistakes: What has been found wrong, in any document of the same reading.
        value: What is in it; None when it cannot be read.
    """

    def __init__(self, path: Path, mistakes: list[Mistake]) -> None:
        self.path, self.mistakes, self.text, self.value = path, mistakes, "", None
        try:
            self.text = path.read_text(encoding="utf-8")
            loader = _Loader(self.text)
            self.value = loader.get_single_data()
        except OSError as error:
            self._add(None, f"cannot be read: {(error.strerror or type(error).__name__).lower()}")
        except UnicodeDecodeError as error:
            self._add(error.object.count(b"\n", 0, error.start) + 1, "is not UTF-8; save it as UTF-8")
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            hint = next((f"; {hint}" for part, hint in _HINTS.items() if part in str(error.problem)), "")
            self._add(mark.line + 1 if mark else None, f"no YAML: {error.problem or error.context}{hint}")
        except yaml.YAMLError as error:
            self._add(None, f"no YAML: {str(error).splitlines()[0]}")
        else:
            for key, first, second in loader.doubled:
                self._add(second, f'key "{key}" stands twice, also on line {first}; the second would hide the first')
            if not isinstance(self.value, dict):
                self._add(1, "is no mapping; a file begins with a key, such as name:")
                self.value = None

    def _add(self, line: int | None, text: str) -> None:
        self.mistakes.append(Mistake(self.path, line, text))

    @property
    def root(self) -> Node | None:
        """The whole file; None when it cannot be read."""
        return None if self.value is None else Node(self, (), self.value)

    @cached_property
    def _tree(self) -> Any:
        return yaml.compose(self.text, Loader=_SAFE)

    def line(self, keys: tuple[str | int, ...]) -> int:
        """The line (from 1) of a value, told by the keys that lead to it; of the nearest one above it when it is not there."""
        node = self._tree
        line: int = node.start_mark.line
        for key in keys:
            if isinstance(node, yaml.MappingNode):
                found = [(name.start_mark.line, below) for name, below in node.value if name.value == key]
            elif isinstance(node, yaml.SequenceNode):
                found = [(below.start_mark.line, below) for below in node.value[int(key) : int(key) + 1]]
            else:
                break
            if not found:
                break
            line, node = found[-1]
        return line + 1


@dataclass(frozen=True, slots=True)
class Key:
    """What stands at a key of a mapping.

    Attributes:
        kind: Its type.
        required: Whether it must be there.
        nullable: Whether it may be empty.
        among: The values it is one of; none = any.
        empty: Whether a text may be of no length.
    """

    kind: type
    required: bool = True
    nullable: bool = False
    among: Collection[str] = ()
    empty: bool = False

    def fault(self, name: str, value: Any) -> str | None:
        """What is wrong with a value; None when nothing is."""
        if value is None:
            return None if self.nullable else f"{name} is empty; it is {self.wanted}"
        fits = isinstance(value, self.kind) and not (isinstance(value, bool) and self.kind is int) and not isinstance(value, dt.datetime)
        if not fits:
            scalar = self.kind is str and isinstance(value, (int, float, dt.date))
            return f"{name} is {_kind(value)}; it is {self.wanted}{', so put it between quotation marks' if scalar else ''}"
        if self.among and value not in self.among:
            close = get_close_matches(value, list(self.among), n=1, cutoff=0.6)
            return f'{name} "{value}" is none of {", ".join(self.among)}' + (f'; did you mean "{close[0]}"?' if close else "")
        if value == "" and self.kind is str and not self.empty:
            return f"{name} is empty; it is {self.wanted}"
        return None

    @property
    def wanted(self) -> str:
        """What belongs there."""
        return f"one of {', '.join(self.among)}" if self.among else _KINDS[self.kind]


def _kind(value: Any) -> str:
    if isinstance(value, float):
        return "a number with a decimal point"
    return _KINDS.get(type(value), f"a {type(value).__name__}")


@dataclass(frozen=True, slots=True)
class Node:
    """A value in a file of the protocol, where it stands, and what a person calls it (`rule BSN-02`)."""

    document: Document
    keys: tuple[str | int, ...]
    value: Any
    name: str = ""

    def fault(self, text: str, *keys: str | int) -> None:
        """Tell a mistake here, or at a key below."""
        line = self.document.line((*self.keys, *keys))
        self.document.mistakes.append(Mistake(self.document.path, line, f"{self.name}: {text}" if self.name else text))

    @property
    def line(self) -> int:
        """The line it stands on."""
        return self.document.line(self.keys)

    def named(self, name: str) -> Node:
        """The same node under another name."""
        return Node(self.document, self.keys, self.value, name)

    def at(self, key: str, name: str | None = None) -> Node:
        """The value at a key that is there."""
        return Node(self.document, (*self.keys, key), self.value[key], self.name if name is None else name)

    def each(self) -> Iterator[Node]:
        """The mappings in a list; anything else in it is a mistake."""
        for position, value in enumerate(self.value):
            node = Node(self.document, (*self.keys, position), value, self.name)
            if isinstance(value, dict):
                yield node
            else:
                node.fault(f"is {_kind(value)}; it is a mapping")

    def read(self, known: Mapping[str, Key], *, others: bool = False) -> dict[str, Any] | None:
        """The values of a mapping, with None for those that may be absent.

        Args:
            known: Its keys.
            others: Whether it may have other keys too; those are not given.

        Returns:
            None when something is wrong with a known key; all of it has been told then.
        """
        if not others:
            for key in self.value:
                if key not in known:
                    self.fault(f'unknown key "{key}"; {nearest(key, known)}', key)
        right = True
        for name, key in known.items():
            text = None
            if name in self.value:
                text = key.fault(name, self.value[name])
            elif key.required:
                text = f"{name} is missing; it is {key.wanted}"
            if text is not None:
                self.fault(text, name)
                right = False
        return {name: self.value.get(name) for name in known} if right else None
