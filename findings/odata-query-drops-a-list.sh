#!/usr/bin/env bash
# odata-query 8.1.0 (npm), which builds OData queries from objects, leaves out what it makes nothing of, and the service is asked for everything: `or` of
# an empty list (no municipality chosen, so none wanted), and a field with a list of numbers ({Jaar: [2019, 2020]}). With a list of texts the texts
# become the words of the filter. And {Naam: {not: {contains: "x"}}} asks for a property Naam/contains; {not: {Naam: {contains: "x"}}} is right.
# Guessed: a list means "one of these", an empty choice gives nothing, and what has no meaning is refused. What helps: {in: [...]}, and no request when
# the list is empty.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts odata-query@8.1.0 > /dev/null
cat > asked.js <<'JS'
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as library from "odata-query";

const build = library.default.default ?? library.default;
const FILTERS = [
    { RegioS: { in: ["GM0363", "GM0518"] } },
    { RegioS: ["GM0363", "GM0518"] },
    { Jaar: [2019, 2020] },
    { or: [] },
    { Perioden: "2019JJ00", or: [] },
    { Naam: { not: { contains: "x" } } },
    { not: { Naam: { contains: "x" } } },
];
console.log("odata-query", JSON.parse(readFileSync("node_modules/odata-query/package.json")).version);
const found = FILTERS.map((filter) => {
    const query = decodeURIComponent(build({ filter }));
    console.log(JSON.stringify(filter), "asks:", query || "everything");
    return query;
});
assert.deepEqual(found, [
    "?$filter=RegioS in ('GM0363','GM0518')",
    "?$filter=GM0363 RegioS GM0518",
    "",
    "",
    "?$filter=Perioden eq '2019JJ00'",
    "?$filter=(Naam/contains eq 'x')",
    "?$filter=not (contains(Naam,'x'))",
], "it asks otherwise now");
JS
node asked.js
