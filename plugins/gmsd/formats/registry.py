"""What a format is: a folder of a release, kinds of files, and a function that writes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gmsd.errors import GmsdError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gmsd.formats.content import ReleaseContent

_MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "jsonld": "application/ld+json",
    "md": "text/markdown; charset=utf-8",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "parquet": "application/vnd.apache.parquet",
    "ttl": "text/turtle; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml",
}


class FormatError(GmsdError):
    """A format is not in order: nothing is written in any."""


Files = dict[str, bytes]
"""Name -> bytes."""


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write a release.

    Attributes:
        folder: Below the release; formats that share one have no kind of file in common.
        suffixes: The kinds of its files, such as `csv`.
        write: The whole release -> name within the folder -> bytes; the same release gives the same bytes. None of a format that describes.
        describe: The whole release and the files of every format that writes (path -> bytes) -> name within the folder -> bytes.
        title: What its files are, in Dutch, for catalogues.
        standard: Address of the standard that they follow; empty when there is none.
    """

    folder: str
    suffixes: tuple[str, ...]
    write: Callable[[ReleaseContent], Files] | None = None
    describe: Callable[[ReleaseContent, Mapping[str, bytes]], Files] | None = None
    title: str = ""
    standard: str = ""

    def __post_init__(self) -> None:
        """Refuse a kind of file that no media type is known of, so that it cannot turn up in the middle of a publication."""
        unknown = [suffix for suffix in self.suffixes if suffix not in _MEDIA_TYPES]
        if unknown:
            raise FormatError(f"{self.folder}: no media type is known for {', '.join(unknown)}; add it in formats/registry.py")

    def files(self, content: ReleaseContent, written: Mapping[str, bytes] | None = None) -> Files:
        """The files of a release in this format; of one that describes, about the files that are written.

        Raises:
            FormatError: one is of a kind that the format did not name.
        """
        made = {} if self.write is None else self.write(content)
        made |= {} if self.describe is None else self.describe(content, written or {})
        strange = [name for name in made if name.rpartition(".")[2] not in self.suffixes]
        if strange:
            raise FormatError(f"{self.folder} wrote {strange[0]}, and names only {', '.join(self.suffixes)}")
        return made


def media_type(path: str) -> str:
    """The media type of a file of a release, by its suffix."""
    return _MEDIA_TYPES[path.rpartition(".")[2]]
