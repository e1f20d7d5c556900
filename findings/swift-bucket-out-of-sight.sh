#!/usr/bin/env bash
# Swift 2.38.3 with its S3 interface: while the account server is away (stopped, being started, overloaded), a bucket that exists answers
# 404 NoSuchBucket to a listing and to a put, as soon as the proxy's cache has forgotten it. While the container or the object server is away the
# answer is 503, which S3 clients try again by themselves.
# Guessed: 503 for every part that is away. A program that believes the 404 gives up, or makes the bucket again, on an outage that ends by itself.
# What helps: take NoSuchBucket for a failure of the store where buckets are made once and stay.
set -euo pipefail
work=$(mktemp -d)
trap 'kill $(jobs -p) 2> /dev/null || true; wait 2> /dev/null || true; rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check swift==2.38.3 boto3==1.43.40 'setuptools<81'
cd "$work"
mkdir -p conf data/d1 recon
user=$(id -un)
printf '[swift-hash]\nswift_hash_path_suffix = finding\nswift_hash_path_prefix =\n[storage-policy:0]\nname = one\ndefault = yes\n' > conf/swift.conf
"$work/env/bin/python" - "$work" "$user" <<'PY'
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
        "fallocate_reserve = 0\n"
    )
port = free()
(work / "port").write_text(str(port))
filters = "".join(f"[filter:{name}]\nuse = egg:swift#{name}\n" for name in ("catch_errors", "gatekeeper", "s3api", "copy", "slo", "dlo"))
(work / "conf" / "proxy.conf").write_text(
    f"[DEFAULT]\nbind_ip = 127.0.0.1\nbind_port = {port}\n{common}[pipeline:main]\n"
    "pipeline = catch_errors gatekeeper s3api tempauth copy slo dlo proxy-server\n"
    f"{filters}[filter:tempauth]\nuse = egg:swift#tempauth\nuser_a_b = secret .admin\n[app:proxy-server]\nuse = egg:swift#proxy\naccount_autocreate = true\n"
)
PY
declare -A pid
start() { "env/bin/swift-$1-server" "conf/$1.conf" -v > "$1.log" 2>&1 & pid[$1]=$!; }
for name in account container object proxy; do start "$name"; done
ask() { # status and code of a listing and of a put
    env/bin/python - "$(cat port)" "$1" <<'PY'
import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError

once = Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"})
client = boto3.client(
    "s3", endpoint_url=f"http://127.0.0.1:{sys.argv[1]}", aws_access_key_id="a:b", aws_secret_access_key="secret", region_name="us-east-1", config=once
)
if sys.argv[2] == "make":
    for _ in range(300):
        try:
            client.create_bucket(Bucket="inbox")
            break
        except (ClientError, EndpointConnectionError):
            time.sleep(0.2)
answers = []
for call in (lambda: client.list_objects_v2(Bucket="inbox"), lambda: client.put_object(Bucket="inbox", Key="k", Body=b"x")):
    try:
        call()
        answers.append("200")
    except ClientError as error:
        answers.append(f"{error.response['ResponseMetadata']['HTTPStatusCode']} {error.response['Error']['Code']}")
print(", ".join(answers))
PY
}
echo "swift $(env/bin/python -c 'from importlib.metadata import version; print(version("swift"))')"
all=$(ask make) || { cat proxy.log; exit 1; }
echo "all parts up: $all"
declare -A said
for name in account container object; do
    kill "${pid[$name]}"; wait "${pid[$name]}" 2> /dev/null || true
    said[$name]=$(ask look)
    echo "$name server away: ${said[$name]}"
    start "$name"
    for _ in $(seq 50); do [ "$(ask look)" != "$all" ] || break; sleep 0.2; done
done
[ "$all" = "200, 200" ]
[ "${said[account]}" = "404 NoSuchBucket, 404 NoSuchBucket" ] || { echo "the account server's absence is told otherwise now"; exit 1; }
[ "${said[container]}" = "503 ServiceUnavailable, 503 ServiceUnavailable" ] || { echo "the container server's absence is told otherwise now"; exit 1; }
[ "${said[object]}" = "200, 503 ServiceUnavailable" ] || { echo "the object server's absence is told otherwise now"; exit 1; }
