#!/usr/bin/env bash
# odata-v4-pg and odata-v4-sql 0.1.x, with which a service on Node.js makes SQL of an OData filter, do not know `not`, nor `add`, `mod` and `date()`. They
# log a line and go on: "not (Status eq 'provisional')" becomes WHERE 1 = 1, every row, the provisional ones first of all; "Period mod 2 eq 1" a
# comparison without a left side. And for PostgreSQL "Note eq null" becomes "Note" = NULL, which holds for no row, while the other dialect has IS NULL.
# Guessed: what is not known is refused. What helps: refuse a filter whose tree has a node outside a list of one's own, before it is translated.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts odata-v4-pg@0.1.1 odata-v4-sql@0.1.2 > /dev/null
cat > asked.js <<'JS'
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createFilter as postgres } from "odata-v4-pg";
import { createFilter as other } from "odata-v4-sql";

const FILTERS = ["Status eq 'final'", "not (Status eq 'provisional')", "Region eq 'GM0363' and not (Status eq 'provisional')", "Note eq null", "Period mod 2 eq 1"];
for (const name of ["odata-v4-pg", "odata-v4-sql"]) {
    console.log(name, JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version);
}
const log = console.log;
const found = {};
for (const filter of FILTERS) {
    console.log = () => {};
    found[filter] = [postgres(filter).where, other(filter).where];
    console.log = log;
    console.log(`${filter}: WHERE ${found[filter].join("; the other: WHERE ")}`);
}
assert.deepEqual(found, {
    "Status eq 'final'": ['"Status" = $1', "[Status] = ?"],
    "not (Status eq 'provisional')": ["1 = 1", "1 = 1"],
    "Region eq 'GM0363' and not (Status eq 'provisional')": ['"Region" = $1 AND ', "[Region] = ? AND "],
    "Note eq null": ['"Note" = $1', "[Note] IS NULL"],
    "Period mod 2 eq 1": [" = $1", " = ?"],
}, "they translate otherwise now");
JS
node asked.js
