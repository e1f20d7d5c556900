"""Faults of a file as a whole, its encoding, and files of another kind."""

from __future__ import annotations

from tests.spec.checking import FILE, HEAD, ROWS, Case, Expected, cell, clean, facultative, file_of, header
from tests.spec.table import kinds

BOM = b"\xef\xbb\xbf"
TEXT = clean().decode()


def file(what: str, data: bytes, *findings: Expected, words: tuple[str, ...] = (), records: int | None = None, **changes: object) -> Case:
    return Case(what, data, findings, dict(changes), False, words, {} if records is None else {"records": records})


def another(what: str, data: bytes, *words: str, records: int = 0) -> Case:
    """A file of another kind: one finding, whatever else could be said of it."""
    return file(what, data, FILE, words=words, records=records)


WHOLE = [
    file("in order", clean(), records=3),
    file("empty", b"", FILE, records=0),
    file("only a byte order mark", BOM, FILE, records=0),
    file("only empty lines", b"\r\n\n", FILE, records=0),
    file("header alone", header().encode(), FILE, records=0),
    file("header and empty lines", header().encode() + b"\r\n\r\n\n", FILE, records=0),
    file("header and one line of blanks: no record", header().encode() + b"\n ", FILE, records=0),
    file("NUL byte in a record", clean().replace(b"0518", b"05\0", 1), FILE, records=3),
    file("NUL byte in the header: it is not judged", clean().replace(b"BSN", b"B\0N", 1), FILE, records=3),
    file("NUL byte in a record, and another header", file_of("a\0b", head="x"), FILE, HEAD, HEAD),
    file("NUL bytes only", bytes(64), FILE, FILE, records=0),
    file("undecodable and NUL", clean().replace(b"0518", b"\x81\0", 1), FILE, FILE),
    file("too many bytes", clean(), FILE, max_bytes=100),
    file("as many bytes as may be", clean(), max_bytes=len(clean())),
    file("too many lines", clean(), FILE, max_lines=3),
    file("as many lines as may be", clean(), max_lines=4),
    file("empty lines at the end do not count for the limit", clean() + b"\n\n", max_lines=4),
    file("too many lines, columns missing", file_of(*ROWS, head="BSN"), FILE, HEAD, max_lines=3),
    file("name and content: all file faults", b"x\n", FILE, FILE, HEAD, HEAD, FILE, file_name="x.docx"),
    file("empty file with a wrong name", b"", FILE, FILE, file_name="x.csv"),
]
ENCODINGS = [
    file("UTF-8 with a byte order mark", BOM + clean()),
    file("UTF-8 with letters outside ASCII in a cell", cell("Volume", "é"), facultative("Volume", 5)),
    file("Windows-1252 with letters outside ASCII in a cell", cell("Volume", "é").decode().encode("cp1252"), facultative("Volume", 5)),
    file("Windows-1252: euro sign", cell("Volume", "€").decode().encode("cp1252"), facultative("Volume", 5)),
    file(
        "UTF-8 in one line and Windows-1252 in another is Windows-1252",
        cell("Volume", "é") + ROWS[0].encode() + b"\xe9",
        *(
            facultative("Volume", 5),
            facultative("Reden_wijziging_toewijzing", 6),
        ),
    ),
    *[
        file(
            f"byte {byte:02X}, which Windows-1252 does not define",
            clean().replace(b"0518", bytes([0x30, byte]), 1),
            FILE,
            words=("regel 2",),
        )
        for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
    ],
    file("undecodable in the last line: the line is told", clean() + b"\x81", FILE, words=("regel 5",), records=4),
    file("mark of UTF-8 and then Windows-1252", BOM + clean().replace(b"0518", b"05\xe9", 1), FILE, words=("regel 2",)),
    file(
        "mark of UTF-8 twice: the second is of the first name",
        BOM + BOM + clean(),
        HEAD,
        HEAD,
        words=("op plaats 1 lijkt Aanmaakdatum_bestand",),
    ),
    file("undecodable: the header is not judged, no records not told", b"\x81", FILE),
    another("UTF-16, little endian, with mark", TEXT.encode("utf-16"), "UTF-16", "Kladblok", records=3),
    another("UTF-16, big endian, with mark", b"\xfe\xff" + TEXT.encode("utf-16-be"), "UTF-16", records=3),
    another("UTF-16, little endian, without mark", TEXT.encode("utf-16-le"), "UTF-16", records=3),
    another("UTF-16, big endian, without mark", TEXT.encode("utf-16-be"), "UTF-16", records=3),
    another("UTF-16 with half a character at its end", TEXT.encode("utf-16") + b"x", "UTF-16", records=4),
    another("UTF-32 with mark", TEXT.encode("utf-32"), "UTF-32", records=3),
    another("UTF-32 without mark", TEXT.encode("utf-32-be"), "UTF-32", records=3),
    another("EBCDIC of a mainframe", TEXT.encode("cp500"), "EBCDIC"),
]
KINDS = [
    another("Excel workbook", kinds.workbook(), "dit is een Excel-bestand", "CSV UTF-8"),
    another("Excel workbook cut off in the middle", kinds.workbook()[: len(kinds.workbook()) // 2], "dit is een Excel-bestand"),
    another("Excel workbook with macros", kinds.packed("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"), ".xlsm"),
    another("binary Excel workbook", kinds.packed("[Content_Types].xml", "xl/workbook.bin"), ".xlsb"),
    another("Excel workbook of before 2007", kinds.compound("Workbook"), "dit is een Excel-bestand", ".xls"),
    another("Excel workbook of the nineties", kinds.compound("Book"), ".xls"),
    another("Office file with a password", kinds.compound("EncryptionInfo", "EncryptedPackage"), "wachtwoord"),
    another("another Office file of before 2007", kinds.compound("Contents"), "Office"),
    another("Word document of before 2007", kinds.compound("WordDocument"), "Word"),
    another("PowerPoint of before 2007", kinds.compound("PowerPoint Document"), "PowerPoint"),
    another("message of Outlook", kinds.compound("__properties_version1.0"), "Outlook"),
    another("Word document", kinds.packed("[Content_Types].xml", "word/document.xml"), "Word"),
    another("PowerPoint", kinds.packed("[Content_Types].xml", "ppt/presentation.xml"), "PowerPoint"),
    another("OpenDocument spreadsheet", kinds.open_document("spreadsheet"), ".ods"),
    another("OpenDocument text", kinds.open_document("text"), "LibreOffice"),
    another("Apple Numbers", kinds.packed("Index/Document.iwa"), "Numbers"),
    another("ZIP with a csv file", kinds.packed("WMO_H22019_x.csv"), "ZIP-bestand met een csv-bestand", "Pak het bestand eerst uit"),
    another("ZIP with a txt file in a folder", kinds.packed("map/", "map/LEVERING.TXT"), "csv-bestand erin"),
    another("ZIP with an Excel workbook", kinds.packed("levering.xlsx"), "Excel-bestand erin", "Pak het bestand eerst uit"),
    another("ZIP with something else", kinds.packed("a.doc"), "ZIP-bestand", "Pak het bestand eerst uit"),
    another("ZIP with a password", kinds.locked_zip(), "wachtwoord"),
    another("ZIP with nothing in it", kinds.packed(), "ZIP-bestand"),
    another("ZIP cut off in the middle", kinds.packed("a.csv")[:40], "niet compleet"),
    another("ZIP of which only the first bytes are there", b"PK\x03\x04", "niet compleet"),
    another("ZIP with names that lead out of its folder", kinds.packed("../../etc/passwd", "/a.csv"), "csv-bestand erin"),
    another("ZIP with 100,000 files", kinds.crowded(100_000), "ZIP-bestand"),
    another("ZIP that unpacks to a gigabyte", kinds.bomb(), "csv-bestand erin"),
    another("ZIP with another file in front of it", kinds.packed("a.csv") + b"rest", "csv-bestand erin"),
    another("gzip", kinds.gzipped(clean()), "gzip", "Pak het bestand eerst uit"),
    another("7z", b"7z\xbc\xaf\x27\x1c" + bytes(26), "7z"),
    another("rar", b"Rar!\x1a\x07\x01\x00" + bytes(20), "rar"),
    another("bzip2", kinds.bzipped(clean()), "bzip2"),
    another("xz", kinds.xzipped(clean()), "xz"),
    another("zstd", b"\x28\xb5\x2f\xfd" + bytes(9), "zstd"),
    another("tar", kinds.tarred(clean()), "tar"),
    another("PDF", b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n", "PDF"),
    another("image: PNG", b"\x89PNG\r\n\x1a\n" + bytes(20), "afbeelding"),
    another("image: JPEG", b"\xff\xd8\xff\xe0" + bytes(20), "afbeelding"),
    another("image: GIF", b"GIF89a" + bytes(20), "afbeelding"),
    another("image: WebP", b"RIFF\x10\0\0\0WEBPVP8 ", "afbeelding"),
    another("shortcut of Windows", b"L\0\0\0\x01\x14\x02\0" + bytes(60), "snelkoppeling"),
    another("database of SQLite", b"SQLite format 3\0" + bytes(84), "database"),
    another("database of Access", b"\0\x01\0\0Standard ACE DB\0" + bytes(80), "database"),
    another("data file of SPSS", b"$FL2@(#) SPSS DATA FILE" + bytes(80), "SPSS"),
    another("Parquet", kinds.parquet(), "Parquet"),
    another("program of Windows", b"MZ\x90\0\x03\0\0\0" + bytes(80), "programma"),
    file("another kind and a wrong name", kinds.workbook(), FILE, FILE, words=("dit is een Excel-bestand",), file_name="WMO_H22019_x.xlsx"),
    file("another kind over the size limit", kinds.workbook(), FILE, words=("groter dan",), max_bytes=100),
    file("text that begins with the letters PK", b"PK;" + clean(), HEAD, words=("plaats 1",)),
]
SECTIONS = {"The file as a whole": WHOLE, "Encodings": ENCODINGS, "Files of another kind": KINDS}
