#!/usr/bin/env bash
# pycanon 1.3.6 tells how anonymous a file is. Of its answers three are not what their names say. The c of recursive (c,l)-diversity is to rise with the
# share of the commonest kind; here it is worked out from the rarest, so that a group of which 98 of 100 have one kind gets 1, less than a group of
# three equal kinds. The l of entropy is cut off instead of rounded: of two equal kinds it is 1, of three 2, of five 5. And a person of whom the
# municipality is missing is in no group: k is 6 where this person is alone.
# Guessed: a worse file has a larger c, equal kinds count as many as there are, and the missing are a group. What helps: count the groups oneself.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check pycanon==1.3.6 pandas==2.3.3 numpy==2.0.2
"$work/env/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

import pandas
from pycanon import anonymity


def persons(*counts: int) -> pandas.DataFrame:
    kinds = [f"kind {number}" for number, count in enumerate(counts) for _ in range(count)]
    return pandas.DataFrame({"municipality": "GM0363", "kind": kinds})


def judged(frame: pandas.DataFrame) -> tuple[int, int]:
    c, _ = anonymity.recursive_c_l_diversity(frame, ["municipality"], ["kind"])
    return int(c), anonymity.entropy_l_diversity(frame, ["municipality"], ["kind"])


print("pycanon", version("pycanon"))
# c as defined, for as many kinds as there are: commonest / rarest, from which on the next larger c holds
uneven, even = judged(persons(98, 1, 1)), judged(persons(20, 20, 20))
print("98, 1 and 1 persons: c", uneven[0], "defined: above 98; 20, 20 and 20 persons: c", even[0], "defined: above 1")
equal = {kinds: judged(persons(*[5] * kinds))[1] for kinds in range(2, 11)}
print("l of entropy by the number of equal kinds:", equal)
file = pandas.DataFrame({"municipality": ["GM0363"] * 6 + [None]})
k = anonymity.k_anonymity(file, ["municipality"])
print("six persons of one municipality and one of none: k", k)
assert uneven[0] == 1 and even[0] == 2, "c is worked out in another way now"
assert equal == {2: 1, 3: 2, 4: 3, 5: 5, 6: 5, 7: 6, 8: 7, 9: 9, 10: 9}, "the l of entropy is rounded now"
assert k == 6, "the missing are a group now"
PY
