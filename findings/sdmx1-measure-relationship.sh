#!/usr/bin/env bash
# sdmx1 2.28.0 cannot read a data structure in SDMX-ML 3.0 whose attribute says of which measure it is (MeasureRelationship): NotImplementedError.
# The element is in the standard, and pysdmx 1.21.0 writes it for every attribute of an observation, so neither reads the other there. The same
# structure in SDMX-ML 2.1 is read.
# Guessed: what one library writes and the schemas allow, the other reads. What helps: publish structures in SDMX-ML 2.1.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check "pysdmx[xml]==1.21.0" sdmx1==2.28.0
"$work/env/bin/python" - <<'PY'
import contextlib
import io
from importlib.metadata import version

import sdmx
from pysdmx.io import read_sdmx, write_sdmx
from pysdmx.io.format import Format
from pysdmx.model import Component, Components, Concept, ConceptScheme, DataStructureDefinition, DataType, ItemReference, Role

NAMES = {"REF_AREA": Role.DIMENSION, "TIME_PERIOD": Role.DIMENSION, "OBS_VALUE": Role.MEASURE, "OBS_STATUS": Role.ATTRIBUTE}
concepts = ConceptScheme(id="CS", name="Concepts", agency="GMSD", version="1.0", items=[Concept(id=name, name=name) for name in NAMES])

def component(name, role):
    concept = ItemReference(sdmx_type="Concept", agency="GMSD", id="CS", version="1.0", item_id=name)
    kind = DataType.PERIOD if name == "TIME_PERIOD" else DataType.STRING
    level = "O" if role is Role.ATTRIBUTE else None
    return Component(id=name, required=True, role=role, concept=concept, local_dtype=kind, attachment_level=level)

parts = Components([component(name, role) for name, role in NAMES.items()])
structure = DataStructureDefinition(id="TABLE", name="Table", agency="GMSD", version="1.0", components=parts)
print("pysdmx", version("pysdmx"), "sdmx1", version("sdmx1"))
read = {}
for kind in (Format.STRUCTURE_SDMX_ML_2_1, Format.STRUCTURE_SDMX_ML_3_0):
    text = write_sdmx([concepts, structure], kind)
    assert read_sdmx(text, validate=True).get_data_structure_definitions(), "pysdmx finds what it wrote invalid"
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            read[kind.name] = len(sdmx.read_sdmx(io.BytesIO(text.encode()), format="XML").structure)
    except Exception as error:
        read[kind.name] = f"{type(error).__name__}: {error}"[:150]
    print(kind.name, "->", read[kind.name])
assert read["STRUCTURE_SDMX_ML_2_1"] == 1
assert "MeasureRelationship" in str(read["STRUCTURE_SDMX_ML_3_0"]), "sdmx1 reads it now"
PY
