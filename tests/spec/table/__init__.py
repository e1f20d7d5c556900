"""The table of faulty files: sections of cases in the order in which a file is judged, then those of other laws.

docs/faults.md is made of it.
"""

from __future__ import annotations

from tests.spec.table import base_set, damage, facultative_set, files, headers, lines, names, notices, other_laws

SECTIONS = {
    **names.SECTIONS,
    **files.SECTIONS,
    **headers.SECTIONS,
    **lines.SECTIONS,
    **base_set.SECTIONS,
    **facultative_set.SECTIONS,
    **damage.SECTIONS,
    **notices.SECTIONS,
}
OTHER_LAWS = other_laws.SECTIONS
