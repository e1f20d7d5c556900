#!/usr/bin/env bash
# cbspy 0.0.4 names the columns of a table of CBS by their titles. In many tables two topics have one title under different headings ("Total" of the
# clients and "Total" of the costs): of those the last column stays, under the name of both, and the other is gone. Asked for "Total", it fetches the
# last one. Nothing tells.
# Guessed: both, told apart, or an error. What helps: ask for one column at a time by its key, or read the table with its keys by another client.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check cbspy==0.0.4 polars==2.1.0 httpx==0.28.1
NO_PROXY=127.0.0.1 "$work/env/bin/python" - <<'PY'
import http.server
import json
import threading
import urllib.parse
from importlib.metadata import version

import cbspy

PROPERTIES = [
    {"Key": "RegioS", "Type": "GeoDimension", "Title": "Region"},
    {"Key": "Perioden", "Type": "TimeDimension", "Title": "Periods"},
    {"Key": "Clients", "Type": "TopicGroup", "Title": "Clients", "ID": 10},
    {"Key": "Total_1", "Type": "Topic", "Title": "Total", "ParentID": 10},
    {"Key": "Costs", "Type": "TopicGroup", "Title": "Costs", "ID": 20},
    {"Key": "Total_2", "Type": "Topic", "Title": "Total", "ParentID": 20},
]
ROWS = [{"ID": 0, "RegioS": "GM0363", "Perioden": "2019HJ01", "Total_1": 120, "Total_2": 3400}]


class Service(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        url = urllib.parse.urlsplit(self.path)
        chosen = urllib.parse.parse_qs(url.query).get("$select", [""])[0].split(",")
        rows = [{key: row[key] for key in row if chosen == [""] or key in chosen} for row in ROWS]
        said = json.dumps({"value": PROPERTIES if url.path.endswith("DataProperties") else rows}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None: ...


server = http.server.HTTPServer(("127.0.0.1", 0), Service)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = cbspy.Client(base_url=f"http://127.0.0.1:{server.server_port}")
print("cbspy", version("cbspy"), "- the table has 120 clients and 3400 of costs")
whole = client.get_data("T").to_dicts()
by_title = client.get_data("T", columns=["Region", "Total"]).to_dicts()
by_key = client.get_data("T", columns=["Total_1"]).to_dicts()
for name, rows in (("all columns", whole), ("columns Region, Total", by_title), ("column Total_1", by_key)):
    print(f"{name}:", *rows)
assert by_key == [{"Total": 120}]
assert whole == [{"Region": "GM0363", "Periods": "2019 H1", "Total": 3400}], "both columns are given now"
assert by_title == [{"Region": "GM0363", "Total": 3400}], "a title that stands for two columns is read otherwise now"
PY
