"""The deliveries that both versions of the rules are tried on."""

from __future__ import annotations

import datetime as dt
import json
import os
import stat
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gmsd.clock import AMSTERDAM
from gmsd.errors import GmsdError
from gmsd.masking import mask_bsn
from gmsd.rounds import WMO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gmsd.deliveries import Delivery
    from gmsd.rounds import HalfYear
    from gmsd.store import ObjectStore

RECEIPTS = "received.json"


class NoArchive(GmsdError):
    """A folder that cannot be used as an archive; the text is one line."""

    exit_status = 2


@dataclass(frozen=True, slots=True)
class Item:
    """One delivery of the archive.

    Attributes:
        name: How it is named to people: its key, masked.
        file_name: Its name as uploaded.
        municipality: Who delivered; None when its place does not tell.
        half_year: For which half-year; None when its place does not tell.
        received_on: The day of receipt.
        told_by: What told the day of receipt.
        source: Where it lies, its bytes, or what fetches them.
        max_bytes: A limit of size for it alone; None = the usual one.
        law: The law it is about.
    """

    name: str
    file_name: str
    municipality: str | None
    half_year: HalfYear | None
    received_on: dt.date
    told_by: str
    source: Path | bytes | Callable[[], bytes]
    max_bytes: int | None = None
    law: str = WMO


@dataclass(frozen=True, slots=True)
class Archive:
    """What is tried.

    Attributes:
        title: What it is, for people.
        items: Its deliveries.
        unreadable: What cannot be opened (masked) and why.
    """

    title: str
    items: tuple[Item, ...]
    unreadable: tuple[tuple[str, str], ...] = ()

    @property
    def half_years(self) -> tuple[HalfYear, ...]:
        """The half-years its places tell, in order."""
        return tuple(sorted({item.half_year for item in self.items if item.half_year is not None}))

    @property
    def days_told_by(self) -> dict[str, int]:
        """How many days of receipt came from where."""
        return dict(Counter(item.told_by for item in self.items))

    @property
    def unplaced(self) -> int:
        """How many lie outside {code uitvraag}/{municipality}/, and are checked without either."""
        return sum(item.half_year is None for item in self.items)


def synthetic() -> Archive:
    """The made-up corpus, which meets every rule."""
    from gmsd.demo.corpus import corpus

    items = [
        Item(each.key, each.file_name, each.municipality, each.half_year, each.received_on, "the corpus", each.data, each.max_bytes)
        for each in corpus()
    ]
    return Archive("a made-up corpus that meets every rule", tuple(items))


def from_folders(folders: list[Path], received_on: dt.date | None = None) -> Archive:
    """The files in folders that are laid out as inbox keys: {code uitvraag}/{municipality}/{file}.

    The day of receipt is `received_on`, else what `received.json` at the top of a folder says of the file ({key: "2020-02-10"}), else the
    day on which the file was last written. Forms, hidden files and links to folders are passed over.

    Raises:
        NoArchive: When a folder cannot be opened, holds no file, or its `received.json` is not in order.
    """
    items: list[Item] = []
    unreadable: list[tuple[str, str]] = []
    for folder in folders:
        receipts = _receipts(folder)
        before = len(items) + len(unreadable)
        for path, trouble in _walk(folder):
            key = path.relative_to(folder).as_posix()
            name = shown(key if len(folders) == 1 else f"{folder}/{key}")
            try:
                if trouble:
                    unreadable.append((name, trouble))
                elif (item := _item(path, key, name, received_on, receipts)) is not None:
                    items.append(item)
            except OSError as error:
                unreadable.append((name, _why(error)))
        if len(items) + len(unreadable) == before:
            raise NoArchive(f"{folder}: holds no deliveries")
    title = ", ".join(str(folder) for folder in folders)
    return Archive(shown(title), tuple(items), tuple(unreadable))


def from_store(store: ObjectStore, bucket: str, deliveries: Sequence[Delivery], max_bytes: int) -> Archive:
    """Every registered delivery whose bytes are kept, by its key and the day of its receipt.

    The bytes are fetched one by one from the private place into memory and never written. What lies outside a place is no delivery; what
    is larger than `max_bytes` is refused unread, whatever the rules are.

    Args:
        store: The object store.
        bucket: The private place, in which the bytes lie under the delivery's id.
        deliveries: What is registered, in order of receipt.
        max_bytes: The limit of size.

    Raises:
        NoArchive: When there is none.
    """
    kept = {stored.key for stored in store.objects(bucket)}
    items, too_large = [], 0
    numbers: Counter[str] = Counter()
    for delivery in deliveries:
        if delivery.place is None or delivery.delivery_id not in kept:
            continue
        numbers[delivery.object_key] += 1
        if delivery.size_bytes > max_bytes:
            too_large += 1
            continue
        number = numbers[delivery.object_key]
        name = shown(delivery.object_key) + (f" (upload {number})" if number > 1 else "")
        fetch = partial(store.get, bucket, delivery.delivery_id)
        day = delivery.received_at.astimezone(AMSTERDAM).date()
        about = delivery.place
        items.append(Item(name, delivery.file_name, about.municipality, about.half_year, day, "the register", fetch))
    if not items:
        raise NoArchive(f"the bucket {bucket} holds no registered deliveries")
    left_out = f" ({too_large:,} over the limit of size left out)" if too_large else ""
    return Archive(f"the bucket {bucket}{left_out}", tuple(items))


def shown(text: str) -> str:
    """A name for people: no number that can be a BSN, nothing that steers a terminal."""
    plain = mask_bsn(text.encode("utf-8", "replace").decode())
    return "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(character)[0] == "C" else character for character in plain)


def _walk(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every file below a folder in order of name, with why it cannot be read, if so. Links to folders are not followed."""
    troubles: list[OSError] = []
    for place, below, names in os.walk(folder, onerror=troubles.append):
        below[:] = sorted(name for name in below if not name.startswith("."))
        for name in sorted(names):
            path = Path(place) / name
            if name.startswith(".") or path == folder / RECEIPTS:
                continue
            yield path, _no_file(path)
    for trouble in troubles:
        if trouble.filename == str(folder):
            raise NoArchive(f"{folder}: cannot be opened: {_why(trouble)}")
        yield Path(trouble.filename), _why(trouble)


def _no_file(path: Path) -> str:
    """Why this cannot be read as a file; empty when nothing is seen against it. A pipe or device is never opened."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return _why(error)
    return "" if stat.S_ISREG(mode) else "neither a file nor a folder"


def _why(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()


def _item(path: Path, key: str, name: str, received_on: dt.date | None, receipts: dict[str, dt.date]) -> Item | None:
    """The delivery that a file is; None for a form."""
    from gmsd.checking import law_in_name
    from gmsd.deliveries import FORM_FOLDER, parse_key

    parts = Path(os.path.abspath(path)).parts  # noqa: PTH100  a link stays where it lies: its place tells who delivered
    if len(parts) > 3 and parts[-2] == FORM_FOLDER and parse_key("/".join(parts[-4:])).form is not None:
        return None
    place = parse_key("/".join(parts[-3:])).place
    if received_on is not None:
        day, told_by = received_on, "--received-on"
    elif key in receipts:
        day, told_by = receipts[key], RECEIPTS
    else:
        day, told_by = dt.datetime.fromtimestamp(path.stat().st_mtime, AMSTERDAM).date(), "the file's time"
    source = Path(os.path.abspath(path))  # noqa: PTH100
    if place is not None:
        return Item(name, path.name, place.municipality, place.half_year, day, told_by, source)
    named = law_in_name(path.name)
    return Item(name, path.name, None, None, day, told_by, source, law=WMO if named is None else named.id)


def _receipts(folder: Path) -> dict[str, dt.date]:
    """What the sidecar says: the day of receipt by key.

    Raises:
        NoArchive: When it is not in order.
    """
    path = folder / RECEIPTS
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise NoArchive(f"{path}: cannot be opened: {_why(error)}") from None
    except ValueError:
        raise NoArchive(f"{path}: no JSON") from None
    if not isinstance(read, dict):
        raise NoArchive(f"{path}: an object of keys and days is expected")
    days = {}
    for key, value in read.items():
        try:
            days[key] = dt.date.fromisoformat(value)
        except (TypeError, ValueError):
            raise NoArchive(f"{path}: {shown(key)}: a day such as 2020-02-10 is expected") from None
    return days
