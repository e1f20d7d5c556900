"""Which kind of file this is, when it is no text: told by its first bytes, and for containers by the names inside. Nothing is unpacked."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# The first bytes, and the name of the kind; damage.yaml of a law says in words what it is.
_BEGINNINGS = (
    (b"%PDF-", "pdf"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF87a", "image"),
    (b"GIF89a", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "shortcut"),
    (b"SQLite format 3\x00", "database"),
    (b"\x00\x01\x00\x00Standard Jet DB", "database"),
    (b"\x00\x01\x00\x00Standard ACE DB", "database"),
    (b"$FL2@(#)", "statistics"),
    (b"$FL3@(#)", "statistics"),
    (b"<stata_dta>", "statistics"),
    (b"\x7fELF", "program"),
)
_OFFICE_NAMES = (
    ("xl/workbook.bin", "xlsb"),
    ("xl/vbaProject.bin", "xlsm"),
    ("xl/workbook.xml", "xlsx"),
    ("word/document.xml", "word"),
    ("ppt/presentation.xml", "powerpoint"),
    ("Index/Document.iwa", "numbers"),
)
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS = (
    ("EncryptedPackage", "locked_office"),
    ("Workbook", "xls"),
    ("WordDocument", "word"),
    ("PowerPoint Document", "powerpoint"),
    ("__properties_version1.0", "outlook"),
    ("Book", "xls"),
)
_OLE_SEARCHED = 1 << 24
_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_END_SEARCHED = (1 << 16) + 22
_NAMES_READ = 1000
_SHEET, _TEXT = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"), (".csv", ".txt")


def kind_of(data: bytes) -> str | None:
    """The kind of a file that is no text, by its name; None when it can be text."""
    for beginning, kind in _BEGINNINGS:
        if data.startswith(beginning):
            return kind
    if data.startswith((_LOCAL, _END)):
        return _kind_of_zip(data)
    if data.startswith(_OLE):
        return _kind_of_ole(data)
    inside = (
        ("bzip2", data.startswith(b"BZh") and data[4:10] in (b"1AY&SY", b"\x17rE8P\x90")),
        ("tar", data[257:262] == b"ustar"),
        ("image", data.startswith(b"RIFF") and data[8:12] == b"WEBP"),
        ("statistics", data.startswith(b"PAR1") and data.endswith(b"PAR1")),
        ("program", data.startswith(b"MZ") and b"\0" in data[:64]),
    )
    return next((kind for kind, found in inside if found), None)


def _kind_of_ole(data: bytes) -> str:
    """An Office file from before 2007, or the envelope of one with a password: told by the names in its directory."""
    parts = (data,) if len(data) <= 2 * _OLE_SEARCHED else (data[:_OLE_SEARCHED], data[-_OLE_SEARCHED:])
    for stream, kind in _OLE_STREAMS:
        name = stream.encode("utf-16-le") + b"\0\0"
        if any(name in part for part in parts):
            return kind
    return "old_office"


def _kind_of_zip(data: bytes) -> str:
    end = data.rfind(_END, max(0, len(data) - _END_SEARCHED))
    entries = list(_central_entries(data, end)) if end >= 0 else []
    complete = bool(entries) or (end >= 0 and data[end + 10 : end + 12] == b"\0\0")
    if not entries:
        entries = list(_local_entries(data))
    names = [name for name, _ in entries]
    office = _office_kind(data, set(names))
    if office is not None:
        return office
    if not complete:
        return "zip_broken"
    if any(locked for _, locked in entries):
        return "zip_locked"
    lowered = [name.lower() for name in names]
    if any(name.endswith(_TEXT) for name in lowered):
        return "zip_csv"
    return "zip_excel" if any(name.endswith(_SHEET) for name in lowered) else "zip"


def _office_kind(data: bytes, names: set[str]) -> str | None:
    """Office files are ZIP files with names of their own inside."""
    for name, kind in _OFFICE_NAMES:
        if name in names:
            return kind
    if data[30:38] == b"mimetype" and data[38:150].startswith(_OPEN_DOCUMENT):
        return "ods" if data[38 + len(_OPEN_DOCUMENT) : 150].startswith(b"spreadsheet") else "odf"
    return "xlsx" if any(name.startswith("xl/") for name in names) else None


def _central_entries(data: bytes, end: int) -> Iterator[tuple[str, bool]]:
    """Name and whether it has a password, of at most a thousand files in the directory at the end of a ZIP file."""
    if end + 20 > len(data):
        return
    size, place = struct.unpack_from("<II", data, end + 12)
    if place + size > end or data[place : place + 4] != _CENTRAL:
        place = data.find(_CENTRAL, 0, end)
    for _ in range(_NAMES_READ):
        if place < 0 or place + 46 > len(data) or data[place : place + 4] != _CENTRAL:
            return
        flags, name, extra, comment = struct.unpack_from("<8xH18xHHH", data, place)
        yield data[place + 46 : place + 46 + name].decode("utf-8", "replace"), bool(flags & 1)
        place += 46 + name + extra + comment


def _local_entries(data: bytes) -> Iterator[tuple[str, bool]]:
    """The same from the headers in front of the files, where the end of the ZIP file is lost."""
    place = 0
    for _ in range(_NAMES_READ):
        if place < 0 or place + 30 > len(data):
            return
        flags, name = struct.unpack_from("<6xH18xH", data, place)
        yield data[place + 30 : place + 30 + name].decode("utf-8", "replace"), bool(flags & 1)
        place = data.find(_LOCAL, place + 30)
