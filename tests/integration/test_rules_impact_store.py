"""`gmsd rules impact --from-store`: every upload in the inbox, as the store keeps it."""

from __future__ import annotations

import datetime as dt
import json

from gmsd.clock import AMSTERDAM
from gmsd.impact import from_store
from tests.spec.checking import ROWS, clean, file_of
from tests.support.stack import PROJECT

KEY = "H22019/0518/WMO_H22019_x.csv"
PERSON = "999900006"


def test_every_upload_in_the_inbox_is_tried(store, settings, gmsd):
    bucket = settings.bucket_inbox
    store.put(bucket, KEY, clean())
    store.put(bucket, KEY, file_of(*ROWS, ROWS[0].replace("0518", "0519")))
    store.put(bucket, f"H22019/0518/WMO_H22019_{PERSON}.csv", clean())
    store.put(bucket, "H12019/0518/WMO_H12019_weg.csv", clean())
    store.delete(bucket, "H12019/0518/WMO_H12019_weg.csv")
    for no_delivery in ("H22019/0518/formulieren/intrekking.json", "elders/x.csv"):
        store.put(bucket, no_delivery, b"{}")
    found = from_store(store, bucket, settings.max_file_bytes)
    names = [(item.name, str(item.half_year), item.municipality) for item in found.items]
    assert names == [
        (KEY, "2019-H2", "0518"),
        (f"{KEY} (upload 2)", "2019-H2", "0518"),
        ("H22019/0518/WMO_H22019_*********.csv", "2019-H2", "0518"),
        ("H12019/0518/WMO_H12019_weg.csv", "2019-H1", "0518"),
    ]
    today = dt.datetime.now(AMSTERDAM).date()
    assert {item.received_on for item in found.items} <= {today, today - dt.timedelta(days=1)}
    assert [len(item.source()) for item in found.items[:2]] == [len(clean()), len(clean()) + len(ROWS[0]) + 1]
    assert len(from_store(store, bucket, len(clean())).items) == 3

    done = gmsd("rules", "impact", "--from-store", "--against", str(PROJECT / "expectations"), "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["answer"], told["archive"]["files"], told["archive"]["received_on"]) == ("unchanged", 4, {"the store": 4})
    assert told["new_verdicts"] == {"accepted": 3, "rejected": 1}
    assert PERSON not in done.stdout + done.stderr
