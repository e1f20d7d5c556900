"""The laws: whose file it is, what it is called and which columns of it are kept, as data in `expectations/<law>/law.yaml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from gmsd.errors import GmsdError
from gmsd.protocol.reading import Document, Key, Mistake, ProtocolError, expectations_folder, nearest
from gmsd.protocol.vocabulary import COLUMN_TYPES, COUNTINGS, RESERVED, SENDERS, SETS

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from gmsd.protocol.reading import Node

LAW_FILE = "law.yaml"
PERSON = "bsn"
"""The column of the person; every other room knows the pseudonym that takes its place."""

_ID = re.compile(r"[a-z]+")
_WORD = re.compile(r"[A-Za-z0-9]+")
_PROVIDER = re.compile(r"[^_]+_[^_]*_([0-9]{8})(?:[_.].*)?", re.ASCII | re.DOTALL)
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_FILE = {
    "id": Key(str),
    "title": Key(str),
    "prefix": Key(str),
    "extensions": Key(list),
    "forbidden": Key(str),
    "from": Key(str, among=SENDERS),
    "counting": Key(str, among=tuple(COUNTINGS)),
    "tables": Key(list),
    "record": Key(list),
    "words": Key(list, required=False),
}
_COLUMN = {"name": Key(str), "type": Key(str, among=tuple(COLUMN_TYPES)), "set": Key(str, among=SETS)}


class NoLawError(GmsdError):
    """There is no such law."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the accepted record.

    Attributes:
        name: Its name in staging and warehouse, and the `record` of the field it comes from.
        type: `smallint`, `bigint` or `date`, as the warehouse has it; `person` for the number that a pseudonym replaces.
        set: `base`, or `facultative`: emptied where the facultative variables of a file are refused.
    """

    name: str
    type: str
    set: str


@dataclass(frozen=True, slots=True)
class Law:
    """A law that municipalities deliver about.

    Attributes:
        id: Its name, that of its folder in `expectations/`.
        title: What it is called in reports.
        prefix: What the name of a file about it begins with; capitals and small letters are the same.
        extensions: What such a name may end with, in small letters.
        forbidden: The characters that may not stand in such a name, the dot of the extension excepted.
        sender: Whom a file comes from.
        counting: How its records are counted.
        tables: The ids of its published tables.
        record: The columns of an accepted record, in order.
        words: What a report says of the Wmo, and what it says of this law in its place; the first that fits a text goes first.
    """

    id: str
    title: str
    prefix: str
    extensions: tuple[str, ...]
    forbidden: frozenset[str]
    sender: str
    counting: str
    tables: tuple[str, ...]
    record: tuple[Column, ...]
    words: tuple[tuple[str, str], ...] = ()

    def say(self, text: str) -> str:
        """A sentence of a report in the words of this law."""
        for ours, theirs in self.words:
            text = text.replace(ours, theirs)
        return text

    def provider_in(self, name: str) -> str:
        """The provider that the name of a file tells: eight digits behind the code uitvraag; empty when files come from municipalities."""
        told = _PROVIDER.fullmatch(name) if self.sender == "provider" else None
        return "" if told is None else told[1]

    def may_name(self, file_name: str) -> bool:
        """Whether a file is called as those about this law are: by prefix and extension; capitals and small letters are the same."""
        name = file_name.lower()
        return name.startswith(f"{self.prefix.lower()}_") and name.rpartition(".")[2] in self.extensions


def laws(folder: Path | None = None) -> tuple[Law, ...]:
    """Every law, in order of id: each folder below the expectations with a `law.yaml` is one.

    Args:
        folder: The folder with expectations; that of the installation when None.

    Raises:
        ProtocolError: When a `law.yaml` is not in order; all mistakes are told.
    """
    found, mistakes = _read(folder or expectations_folder())
    if mistakes:
        raise ProtocolError(*mistakes)
    return tuple(found.values())


def law_of(name: str, folder: Path | None = None) -> Law:
    """The law with that id.

    Raises:
        NoLawError: When there is none.
        ProtocolError: As `laws`.
    """
    known = {each.id: each for each in laws(folder)}
    if name not in known:
        raise NoLawError(f'no law "{name}"; {nearest(name, known)}')
    return known[name]


def read_laws(folder: Path) -> tuple[dict[str, Law | None], tuple[Mistake, ...]]:
    """Read them anew: the laws by folder, None for one that cannot be read; and every mistake."""
    mistakes: list[Mistake] = []
    found: dict[str, Law | None] = {}
    nodes: dict[str, Node] = {}
    for path in sorted(folder.glob(f"*/{LAW_FILE}")):
        root = Document(path, mistakes).root
        found[path.parent.name] = None if root is None else _law(root, path.parent.name, nodes)
    mistakes += [
        Mistake(path, None, f"holds a protocol, but {path.parent / LAW_FILE} is missing; it says which law it is")
        for path in sorted({each.parents[1] for each in folder.glob("*/*/structuur.yaml")})
        if path.name not in found
    ]
    if not found and not mistakes:
        mistakes.append(Mistake(folder, None, f"no law; each is a folder with {LAW_FILE}"))
    return found, tuple(mistakes)


@cache
def _read(folder: Path) -> tuple[dict[str, Law], tuple[Mistake, ...]]:
    found, mistakes = read_laws(folder)
    return {name: each for name, each in found.items() if each is not None}, mistakes


def _law(root: Node, folder: str, nodes: dict[str, Node]) -> Law | None:
    """One law, None when it is not in order; `nodes` holds those read before it, by what belongs to one law only."""
    before = len(root.document.mistakes)
    read = root.read(_FILE)
    if read is None:
        return None
    if read["id"] != folder:
        root.fault(f'id "{read["id"]}" is not the name of its folder, {folder}', "id")
    if not _ID.fullmatch(read["id"]):
        root.fault(f'id "{read["id"]}" is no short name of small letters, such as wmo', "id")
    if not _WORD.fullmatch(read["prefix"]):
        root.fault(f'prefix "{read["prefix"]}" is no word of letters and digits, such as WMO; what separates it comes behind it', "prefix")
    extensions, tables = _words(root, "extensions"), _words(root, "tables", may_be_empty=True)
    for key, value in (("prefix", read["prefix"].lower()), *(("tables", table) for table in tables)):
        earlier = nodes.setdefault(f"{key} {value}", root)
        if earlier is not root:
            root.fault(f"{value} is of {earlier.document.path.parent.name} too ({earlier.document.path}); each is of one law", key)
    record = _columns(root.at("record"))
    missing = [name for name in COUNTINGS[read["counting"]] if name not in {column.name for column in record}]
    if missing and len(root.document.mistakes) == before:
        root.fault(f"no column {', '.join(missing)}; counting {read['counting']} needs it", "record")
    words = tuple((pair[0], pair[1]) for pair in read["words"] or () if _is_pair(pair))
    if len(words) < len(read["words"] or ()):
        root.fault("words is a list of pairs of texts: what is said of the Wmo, and what is said of this law", "words")
    if len(root.document.mistakes) > before:
        return None
    return Law(
        id=read["id"],
        title=read["title"],
        prefix=read["prefix"],
        extensions=tuple(extension.lower() for extension in extensions),
        forbidden=frozenset(read["forbidden"]),
        sender=read["from"],
        counting=read["counting"],
        tables=tables,
        record=record,
        words=words,
    )


def _is_pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(each, str) and each for each in value)


def _words(root: Node, key: str, *, may_be_empty: bool = False) -> tuple[str, ...]:
    words = root.value[key]
    for place, word in enumerate(words):
        if not isinstance(word, str) or not _WORD.fullmatch(word):
            root.fault(f"{key} holds {word!r}; each is a word of letters and digits", key, place)
        elif word in words[:place]:
            root.fault(f"{key} holds {word} twice", key, place)
    if not words and not may_be_empty:
        root.fault(f"{key} is empty; it is a list", key)
    return tuple(word for word in words if isinstance(word, str))


def _columns(listed: Node) -> tuple[Column, ...]:
    found: dict[str, Column] = {}
    for unnamed in listed.each():
        node = unnamed.named(f"column {unnamed.value.get('name', '?')}")
        read = node.read(_COLUMN)
        if read is None:
            continue
        name = read["name"]
        if not _NAME.fullmatch(name):
            node.fault("a name is of small letters, digits and _, as a column of the warehouse has it", "name")
        if name in RESERVED:
            node.fault(f"every record has a {name} of its own; give it another name", "name")
        if name in found:
            node.fault("there is such a column already; each is declared once", "name")
        if (name == PERSON) != (read["type"] == "person") or (name == PERSON and read["set"] != "base"):
            node.fault(f"the column of type person, and it alone, is called {PERSON}, and is of the base set")
        found[name] = Column(**read)
    return tuple(found.values())


def judge_column(node: Node, read: dict[str, str | None], record: Collection[Column]) -> None:
    """Tell a field of structuur.yaml that is kept as no column of its law, as one of another set, or as one that cannot hold it."""
    name = read["record"]
    column = next((column for column in record if column.name == name), None)
    if name is None:
        return
    if column is None:
        node.fault(f'record "{name}" is no column of {LAW_FILE}; {nearest(name, [each.name for each in record])}', "record")
        return
    if column.set != read["set"]:
        node.fault(f"set is {read['set']}, but column {name} of {LAW_FILE} is {column.set}; what is refused must be what is emptied", "set")
    if read["type"] not in COLUMN_TYPES[column.type]:
        node.fault(f"type is {read['type']}, but column {name} of {LAW_FILE} is a {column.type}", "type")
