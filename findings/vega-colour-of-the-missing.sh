#!/usr/bin/env bash
# Vega-Lite 6.4 as vl-convert-python 1.9.0.post1 draws it: a place on a map whose figure is missing (a suppressed municipality is null) is not drawn at
# all, and the map has a hole. Told to keep it ("invalid": null), it gets the colour of figures: of the middle class on a threshold scale, of the lowest
# on quantile, quantize and linear ones, though a zero is told apart from it in the data. The legend knows no such class.
# Guessed: no fill or a colour of its own. What helps: a condition on the colour that tests for null and gives grey, and "invalid": null.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check vl-convert-python==1.9.0.post1
"$work/env/bin/python" - <<'PY'
import re
from importlib.metadata import version

import vl_convert

FIGURES = {"missing": None, "zero": 0, "two": 2, "five": 5}
SCALES = {"threshold": {"domain": [1, 3]}, "quantile": {}, "quantize": {}, "linear": {}}
GREY = {"condition": {"test": "datum.properties.figure === null", "value": "rgb(200, 200, 200)"}}
places = [
    {
        "type": "Feature",
        "properties": {"name": name, "figure": figure},
        "geometry": {"type": "Polygon", "coordinates": [[[x, 0], [x, 1], [x + 1, 1], [x + 1, 0], [x, 0]]]},
    }
    for x, (name, figure) in enumerate(FIGURES.items())
]


def colours(scale: str, mark: dict, condition: dict) -> dict[str, str]:
    colour = {"field": "properties.figure", "type": "quantitative", "scale": {"type": scale, **SCALES[scale]}, **condition}
    tooltip = {"field": "properties.name", "type": "nominal"}
    drawn = vl_convert.vegalite_to_svg(
        {
            "data": {"values": places}, "mark": {"type": "geoshape", **mark}, "projection": {"type": "identity"},
            "encoding": {"color": colour, "tooltip": tooltip},
        },
        vl_version="6.4",
    )
    return dict(re.findall(r'properties\.name: (\w+)"[^>]* fill="([^"]*)"', drawn))


print("vl-convert-python", version("vl-convert-python"))
for scale in SCALES:
    hole, kept, grey = colours(scale, {}, {}), colours(scale, {"invalid": None}, {}), colours(scale, {"invalid": None}, GREY)
    same = [name for name in kept if name != "missing" and kept[name] == kept["missing"]]
    print(f"{scale:10} by default: {', '.join(hole)}; kept: the missing one is {kept['missing']}, as {' and '.join(same)}; with a condition: {grey['missing']}")
    assert "missing" not in hole and list(hole) == ["zero", "two", "five"], "the missing one is drawn by default now"
    assert same == (["two"] if scale == "threshold" else ["zero"]), "the missing one has another colour now"
    assert grey["missing"] == "rgb(200, 200, 200)" and grey["zero"] == kept["zero"]
PY
