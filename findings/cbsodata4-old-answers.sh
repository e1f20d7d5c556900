#!/usr/bin/env bash
# cbsodata4 0.1.3, with which tables of CBS are read in OData 4, keeps what it read in a folder named after the table and answers from it:
# a second call of get_observations for the same table with another filter gives the rows of the first, without a word. `overwrite=True` asks anew
# but leaves the files of the pages that the new answer does not have, so that rows of the old answer stand among those of the new one.
# Guessed: the filter decides what is given, and overwrite leaves nothing behind. What helps: a new download_dir for each question.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check cbsodata4==0.1.3 pandas==3.1.1 pyarrow httpx
cd "$work"
NO_PROXY=127.0.0.1 "$work/env/bin/python" - <<'PY'
import http.server, importlib.metadata, json, threading, urllib.parse
import cbsodata4

REGIONS = ["NL01", "GM0363", "GM0518", "GM0599"]
PAGE = 2

class Service(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        options = urllib.parse.parse_qs(url.query)
        answers = {
            "Datasets": {"value": [{"Identifier": "T", "Catalog": "CBS", "Modified": "2020-05-04T09:00:00+02:00"}]},
            "T": {"value": [{"name": "MeasureCodes"}, {"name": "RegioSCodes"}]},
            "Dimensions": {"value": [{"Identifier": "RegioS", "Kind": "GeoDimension"}]},
            "MeasureCodes": {"value": [{"Identifier": "M", "Title": "Clients", "Unit": "number"}]},
            "RegioSCodes": {"value": [{"Identifier": region, "Title": region} for region in REGIONS]},
            "Properties": {"Identifier": "T"},
        }
        name = url.path.rpartition("/")[2]
        answer = answers.get(name)
        if answer is None:
            wanted = options.get("$filter", [""])[0]
            rows = [
                {"Id": n, "Measure": "M", "ValueAttribute": "None", "Value": float(n), "RegioS": region}
                for n, region in enumerate(REGIONS) if not wanted or f"'{region}'" in wanted
            ]
            skip = int(options.get("$skip", ["0"])[0])
            answer = {"value": rows[skip : skip + PAGE]}
            if len(rows) > skip + PAGE:
                answer["@odata.nextLink"] = f"http://{self.headers['Host']}{url.path}?$skip={skip + PAGE}"
        said = json.dumps(answer).encode()
        self.send_response(200); self.send_header("Content-Type", "application/json"); self.end_headers(); self.wfile.write(said)
    def log_message(self, *_): pass

server = http.server.HTTPServer(("127.0.0.1", 0), Service)
threading.Thread(target=server.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{server.server_port}"

def read(**options):
    return cbsodata4.get_observations("T", base_url=base, **options)["RegioS"].tolist()

print("cbsodata4", importlib.metadata.version("cbsodata4"))
every = read()
print("asked for all:             ", every)
second = read(RegioS="GM0518")
print("then for GM0518:           ", second)
third = read(RegioS="GM0518", overwrite=True)
print("then with overwrite=True:  ", third)
apart = read(RegioS="GM0518", download_dir="apart")
print("in a folder of its own:    ", apart)
assert every == REGIONS and apart == ["GM0518"], "the service of this script is read otherwise"
assert second == REGIONS, "another filter is asked anew now"
assert third == ["GM0518", "GM0518", "GM0599"], "overwrite leaves nothing behind now"
PY
