"""Archives: accepted files of earlier half-years with a manifest, taken in as deliveries of the rounds of their time.

Not here: what a file is checked by (`intake`), and what is counted of it (`warehouse`): an archive only fills the register.
"""

from gmsd.archive.importing import ArchiveRefused, Imported, import_archive
from gmsd.archive.manifest import COLUMNS, MANIFEST, Manifest, ManifestFaulty, ManifestLine, manifest_text, read_manifest

__all__ = [
    "COLUMNS",
    "MANIFEST",
    "ArchiveRefused",
    "Imported",
    "Manifest",
    "ManifestFaulty",
    "ManifestLine",
    "import_archive",
    "manifest_text",
    "read_manifest",
]
