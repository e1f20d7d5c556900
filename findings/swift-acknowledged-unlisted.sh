#!/usr/bin/env bash
# Swift 2.38.3: an upload is answered with 201 when its bytes are stored, also when the container could not be told: the server of containers died
# meanwhile, say. When that is back the object can be read by its name and stands in no listing; only the separate daemon swift-object-updater brings it
# there, and without one it stays out of sight for good.
# Guessed: the upload fails and is tried again, or what was acknowledged is listed as soon as the server answers again.
# What helps: the updater beside the servers, with an interval shorter than its 300 s.
set -euo pipefail
work=$(mktemp -d)
trap 'kill -CONT $(jobs -p) 2> /dev/null || true; kill $(jobs -p) 2> /dev/null || true; wait 2> /dev/null || true; rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check swift==2.38.3 'setuptools<81'
cd "$work"
mkdir -p conf data/d1 recon
printf '[swift-hash]\nswift_hash_path_suffix = finding\nswift_hash_path_prefix =\n[storage-policy:0]\nname = one\ndefault = yes\n' > conf/swift.conf
"$work/env/bin/python" - "$work" "$(id -un)" <<'PY'
import socket
import sys
from pathlib import Path

from swift.common.ring import RingBuilder

work, user = Path(sys.argv[1]), sys.argv[2]


def free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


common = f"user = {user}\nswift_dir = {work}/conf\nworkers = 0\nlog_level = ERROR\n"
for name in ("account", "container", "object"):
    port = free()
    builder = RingBuilder(4, 1, 0)
    where = {"ip": "127.0.0.1", "port": port, "replication_ip": "127.0.0.1", "replication_port": port}
    builder.add_dev({"id": 0, "region": 1, "zone": 1, "weight": 1, "device": "d1", "meta": "", **where})
    builder.rebalance(seed="1")
    builder.get_ring().save(f"{work}/conf/{name}.ring.gz")
    (work / "conf" / f"{name}.conf").write_text(
        f"[DEFAULT]\nbind_ip = 127.0.0.1\nbind_port = {port}\n{common}devices = {work}/data\nmount_check = false\ndisable_fallocate = true\n"
        f"recon_cache_path = {work}/recon\n[pipeline:main]\npipeline = {name}-server\n[app:{name}-server]\nuse = egg:swift#{name}\n"
        "fallocate_reserve = 0\n[object-updater]\nconcurrency = 1\n"
    )
port = free()
(work / "port").write_text(str(port))
(work / "conf" / "proxy.conf").write_text(
    f"[DEFAULT]\nbind_ip = 127.0.0.1\nbind_port = {port}\n{common}[pipeline:main]\npipeline = catch_errors proxy-server\n"
    "[filter:catch_errors]\nuse = egg:swift#catch_errors\n[app:proxy-server]\nuse = egg:swift#proxy\naccount_autocreate = true\n"
)
PY
for name in account container object proxy; do
    "env/bin/swift-$name-server" "conf/$name.conf" -v > "$name.log" 2>&1 &
    [ "$name" != container ] || lists=$!
done
cat > ask.py <<'PY'
import http.client
import sys
import time


def ask(method: str, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=60)
    connection.request(method, path, headers={"Content-Length": "0"})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def until(method: str, path: str) -> tuple[int, str]:
    for _ in range(300):
        try:
            if (said := ask(method, path))[0] < 300:
                return said
        except OSError:
            pass
        time.sleep(0.2)
    raise SystemExit(f"no answer to {method} {path}")
PY
uploaded=$(env/bin/python - "$(cat port)" "$lists" <<'PY'
import http.client
import os
import signal
import sys
import time

from ask import until

until("PUT", "/v1/AUTH_a/inbox")
upload = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=60)
upload.putrequest("PUT", "/v1/AUTH_a/inbox/file.csv")
upload.putheader("Transfer-Encoding", "chunked")
upload.endheaders()
upload.send(b"4\r\nhalf\r\n")
time.sleep(2)  # the proxy has looked at the container by now, and the object server writes
os.kill(int(sys.argv[2]), signal.SIGKILL)
upload.send(b"0\r\n\r\n")
print(upload.getresponse().status)
PY
)
env/bin/swift-container-server conf/container.conf -v >> container.log 2>&1 &
look() { env/bin/python -c 'from ask import until; print(until("GET", "/v1/AUTH_a/inbox/file.csv")[0], until("GET", "/v1/AUTH_a/inbox")[1].split())' "$(cat port)"; }
look > /dev/null # the server is back
sleep 5
found=$(look)
waits=$(find data/d1 -path '*async_pending*' -type f | wc -l)
# the command of the daemon reads /etc/swift/swift.conf whatever its configuration says
env/bin/python - > updater.log 2>&1 <<'PY'
from swift.common.utils import set_swift_dir

set_swift_dir("conf")
from swift.common.daemon import run_daemon
from swift.obj.updater import ObjectUpdater

run_daemon(ObjectUpdater, "conf/object.conf", once=True)
PY
later=$(look)
echo "swift $(env/bin/python -c 'from importlib.metadata import version; print(version("swift"))')"
echo "upload while the container server dies: $uploaded; read and listed when it is back: $found; news that waits: $waits; after the updater: $later"
[ "$uploaded, $found, $waits" = "201, 200 [], 1" ] || { echo "an upload that the container has not heard of is answered otherwise now"; exit 1; }
[ "$later" = "200 ['file.csv']" ] || { echo "the updater does not tell the container any more"; exit 1; }
