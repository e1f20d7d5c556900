#!/usr/bin/env bash
# pyodata 1.12.1 turns null into a value: a property that its $metadata declares nullable and that comes as null reads as 0 (Edm.Int32), ''
# (Edm.String), False (Edm.Boolean) and 1753-01-01 (Edm.DateTime), without a warning. For statistics that is a figure that was never published:
# a suppressed count reads as zero clients. Only Config(retain_null=True) keeps None. Its `$metadata`-driven reading is of OData 2 only: the JSON
# of version 3 (`value`) raises KeyError 'd'. Exits 0 while it is so, 1 when it has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check pyodata==1.12.1 requests
"$work/env/bin/python" - <<'PY'
import http.server, importlib.metadata, json, sys, threading
import pyodata, requests
from pyodata.v2.model import Config

TYPES = {"ID": "Edm.Int32", "Clients": "Edm.Int32", "Note": "Edm.String", "Known": "Edm.Boolean", "At": "Edm.DateTime"}
properties = "".join(f'<Property Name="{n}" Type="{t}" Nullable="{str(n != "ID").lower()}"/>' for n, t in TYPES.items())
METADATA = f'''<edmx:Edmx xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx" Version="1.0"><edmx:DataServices>
<Schema xmlns="http://schemas.microsoft.com/ado/2008/09/edm" Namespace="N"><EntityType Name="Row"><Key><PropertyRef Name="ID"/></Key>{properties}</EntityType>
<EntityContainer Name="C"><EntitySet Name="Rows" EntityType="N.Row"/><EntitySet Name="Light" EntityType="N.Row"/></EntityContainer></Schema></edmx:DataServices></edmx:Edmx>'''
ROW = {"ID": 1, "Clients": None, "Note": None, "Known": None, "At": None}

class Service(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        kind = "application/xml" if "metadata" in self.path else "application/json"
        said = METADATA if "metadata" in self.path else json.dumps({"value": [ROW]} if "Light" in self.path else {"d": {"results": [ROW]}})
        self.send_response(200); self.send_header("Content-Type", kind); self.end_headers(); self.wfile.write(said.encode())
    def log_message(self, *_): pass

server = http.server.HTTPServer(("127.0.0.1", 0), Service)
threading.Thread(target=server.serve_forever, daemon=True).start()
session = requests.Session(); session.trust_env = False
address = f"http://127.0.0.1:{server.server_port}/"
read = {}
for name, config in (("by default", Config()), ("retain_null=True", Config(retain_null=True))):
    (row,) = pyodata.Client(address, session, config=config).entity_sets.Rows.get_entities().execute()
    read[name] = {field: getattr(row, field) for field in TYPES if field != "ID"}
    print("pyodata", importlib.metadata.version("pyodata"), f"{name}:", read[name])
try:
    pyodata.Client(address, session).entity_sets.Light.get_entities().execute()
    light = "read"
except KeyError as error:
    light = f"KeyError {error}"
print("JSON of OData 3:", light)
if read["by default"]["Clients"] != 0 or set(read["retain_null=True"].values()) != {None} or light == "read":
    sys.exit("changed")
PY
