"""Small files of other kinds, made as their programs make them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
from functools import cache


@cache
def workbook() -> bytes:
    """An Excel workbook with a header and a record."""
    import xlsxwriter

    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Aanmaakdatum_bestand", "Gemeentecode", "BSN"])
        sheet.write_row(1, 0, [20200203, 518, "x"])
    return target.getvalue()


def packed(*names: str) -> bytes:
    """A ZIP file with files of these names."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            archive.writestr(name, b"a;b\n")
    return target.getvalue()


def locked_zip() -> bytes:
    """A ZIP file whose file has the mark of a password in both its headers."""
    data = bytearray(packed("a.csv"))
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + place] |= 1
    return bytes(data)


@cache
def bomb() -> bytes:
    """A ZIP file of a megabyte that says it holds a csv file of a gigabyte."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", bytes(1 << 20))
    data = target.getvalue()
    return data.replace(struct.pack("<I", 1 << 20), struct.pack("<I", 1 << 30))


@cache
def crowded(files: int) -> bytes:
    """A ZIP file with many empty files."""
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    first = struct.pack("<4s2B4HL2L2H", b"PK\x03\x04", 20, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0) + b"a"
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, files * len(entry), len(first), 0)
    return first + entry * files + end


def open_document(kind: str) -> bytes:
    """An OpenDocument file: its type stands in front, not compressed."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        archive.writestr("content.xml", "<office:document-content/>")
    return target.getvalue()


def compound(*streams: str) -> bytes:
    """An Office file of before 2007, as far as its directory."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    names = [name.encode("utf-16-le") + b"\0\0" for name in ("Root Entry", *streams)]
    return head + b"".join(name.ljust(64, b"\0") + bytes(64) for name in names)


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def bzipped(data: bytes) -> bytes:
    return bz2.compress(data)


def xzipped(data: bytes) -> bytes:
    return lzma.compress(data)


def tarred(data: bytes) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        member = tarfile.TarInfo("a.csv")
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    return target.getvalue()


def parquet() -> bytes:
    import polars as pl

    target = io.BytesIO()
    pl.DataFrame({"a": [1]}).write_parquet(target)
    return target.getvalue()
