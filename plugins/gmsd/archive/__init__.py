"""Archives: accepted files of earlier half-years with a manifest, taken in as deliveries of the rounds of their time.

Not here: what a file is checked by (`intake`), and what is counted of it (`warehouse`): an archive only fills the register.
"""

from gmsd.archive.importing import import_archive
from gmsd.archive.manifest import COLUMNS, MANIFEST, ManifestFaulty, manifest_text, read_manifest

__all__ = [
    "COLUMNS",
    "MANIFEST",
    "ManifestFaulty",
    "import_archive",
    "manifest_text",
    "read_manifest",
]
