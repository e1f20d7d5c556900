"""`gmsd rules impact --from-store`: every registered delivery, from the private place."""

from __future__ import annotations

import datetime as dt
import json

from gmsd.clock import AMSTERDAM
from gmsd.deliveries import listing
from gmsd.impact import from_store
from gmsd.intake import register_inbox
from gmsd.journal import Context
from tests.spec.checking import ROWS, clean, file_of
from tests.support.stack import PROJECT

KEY = "H22019/0518/WMO_H22019_x.csv"
PERSON = "999900006"


def test_every_registered_delivery_is_tried_also_when_the_inbox_lost_it(store, settings, clock, gmsd):
    bucket = settings.bucket_inbox
    clock.move(dt.datetime(2020, 2, 10, 9, 0, tzinfo=AMSTERDAM))
    store.put(bucket, KEY, clean())
    store.put(bucket, KEY, file_of(*ROWS, ROWS[0].replace("0518", "0519")))
    store.put(bucket, f"H22019/0518/WMO_H22019_{PERSON}.csv", clean())
    store.put(bucket, "H12019/0518/WMO_H12019_weg.csv", clean())
    for no_delivery in ("H22019/0518/formulieren/intrekking.json", "elders/x.csv"):
        store.put(bucket, no_delivery, b"{}")
    context = Context.open(settings)
    register_inbox(context)
    for version in list(store.versions(bucket)):
        store.delete(bucket, version.key, version.version_id)
    with context.engine.connect() as connection:
        registered = listing(connection)
    private = settings.bucket_deliveries
    found = from_store(store, private, registered, settings.max_file_bytes)
    names = sorted((item.name, str(item.half_year), item.municipality) for item in found.items)
    assert names == [
        ("H12019/0518/WMO_H12019_weg.csv", "2019-H1", "0518"),
        ("H22019/0518/WMO_H22019_*********.csv", "2019-H2", "0518"),
        (KEY, "2019-H2", "0518"),
        (f"{KEY} (upload 2)", "2019-H2", "0518"),
    ]
    assert {item.received_on for item in found.items} == {dt.date(2020, 2, 10)}
    sizes = {item.name: len(item.source()) for item in found.items}
    assert (sizes[KEY], sizes[f"{KEY} (upload 2)"]) == (len(clean()), len(clean()) + len(ROWS[0]) + 1)
    assert len(from_store(store, private, registered, len(clean())).items) == 3

    done = gmsd("rules", "impact", "--from-store", "--against", str(PROJECT / "expectations"), "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["answer"], told["archive"]["files"], told["archive"]["received_on"]) == ("unchanged", 4, {"the register": 4})
    assert told["new_verdicts"] == {"accepted": 3, "rejected": 1}
    assert PERSON not in done.stdout + done.stderr
