#!/usr/bin/env bash
# jsonstat-toolkit 2.2.2, with which a page reads JSON-stat: Dice and Slice, which give the figures of some categories, cut them out of the table that is
# asked, and out of the document that this table was made of. A page that shows one municipality after another has figures for the first one and none
# for the next: Dice gives an empty list, Slice null. Data, which gives one figure, leaves the table whole.
# Guessed: a question changes nothing. What helps: {clone: true} with every Dice, in place of Slice too.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts jsonstat-toolkit@2.2.2 > /dev/null
cat > asked.js <<'JS'
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import JSONstat from "jsonstat-toolkit";

const REGIONS = ["GM0363", "GM0518", "GM0599"];
const made = () => ({
    version: "2.0", class: "dataset", label: "Clients", id: ["region", "period"], size: [3, 2], value: [1, 2, 3, 4, 5, 6],
    dimension: {
        region: { label: "Region", category: { index: REGIONS } },
        period: { label: "Period", category: { index: ["2019S1", "2019S2"] } },
    },
});
const WAYS = {
    "Dice": (table, region) => table.Dice({ region: [region] }).value,
    "Slice": (table, region) => table.Slice({ region })?.value ?? [],
    "Dice with clone": (table, region) => table.Dice({ region: [region] }, { clone: true }).value,
    "Data": (table, region) => table.Data({ region }).map((cell) => cell.value),
};
console.log("jsonstat-toolkit", JSON.parse(readFileSync("node_modules/jsonstat-toolkit/package.json")).version);
const found = {};
for (const [name, ask] of Object.entries(WAYS)) {
    const document = made();
    const table = JSONstat(document);
    const answers = REGIONS.map((region) => [...ask(table, region)]);
    found[name] = [...answers, [...document.value]];
    console.log(`${name}: ${REGIONS.map((region, i) => `${region} [${answers[i]}]`).join(", ")}; left in the document [${document.value}]`);
}
const whole = [[1, 2], [3, 4], [5, 6], [1, 2, 3, 4, 5, 6]];
assert.deepEqual(found["Dice with clone"], whole);
assert.deepEqual(found["Data"], whole);
assert.deepEqual([found["Dice"], found["Slice"]], [[[1, 2], [], [], []], [[1, 2], [], [], []]], "they leave the table whole now");
JS
node asked.js
