"""A round of twelve municipalities from upload to publication, as its users live it; a service may be taken away in the middle.

What a person does here is what people do without an outage: municipalities upload (and again, when the store refuses), somebody starts the
publication, a second person approves. Nobody repairs, clears or starts anything.
"""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from gmsd.demo import delivery
from gmsd.demo.faults import FAULTS
from gmsd.journal.incidents import SAME_OUTAGE
from tests.support.outage import away
from tests.support.rounds import H1, RELEASE, Left, Round

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.played import Home

MUNICIPALITIES = ("0339", "0448", "0744", "0221", "1695", "0072", "0638", "0180", "0431", "0473", "0279", "0994")
FAULTY, CORRECTED, WITHDRAWN, EXPLAINED = "0072", "0221", "0994", "0448"
UPLOADS_AT_ONCE = 2
PATIENCE_SECONDS = 2400.0


@dataclass(frozen=True)
class Outage:
    """A service that is taken away for some minutes."""

    service: str
    minutes: float


@dataclass
class Outcome(Left):
    """What a play left behind.

    Attributes:
        seconds: How long after the service's return everything was settled, by when it was taken away.
        noticed: How many mails the engineer got of it.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    noticed: dict[str, int] = field(default_factory=dict)


class Play:
    """One installation, played once.

    Args:
        home: Where; empty, and running.
        burst: What is taken away while municipalities upload.
        publication: What is taken away while a release is built.
        say: Where it tells how far it is.
    """

    def __init__(self, home: Home, *, burst: Outage | None = None, publication: Outage | None = None, say: Callable[[str], None]) -> None:
        self.burst, self.publication, self.say = burst, publication, say
        self.round = Round(home, seconds=PATIENCE_SECONDS, say=say)
        self.seconds: dict[str, float] = {}
        self.noticed: dict[str, int] = {}
        self._back = 0.0

    def play(self, folder: Path) -> Outcome:
        """Play the round; the release is fetched into `folder`.

        Raises:
            NotSettled: something did not come to its end.
        """
        with self.round.opened():
            self._deliver()
            self._forms()
            self.round.close()
            self._publish()
            return Outcome(**asdict(self.round.left(folder)), seconds=dict(self.seconds), noticed=dict(self.noticed))

    def _uploads(self) -> list[tuple[str, bytes]]:
        files = {code: delivery(1, code, H1) for code in MUNICIPALITIES}
        made = [(each.key, FAULTS["base"](each.data) if code == FAULTY else each.data) for code, each in files.items()]
        made.append((files[CORRECTED].key, delivery(1, CORRECTED, H1, revision=1).data))
        made.append(("aanlevering/WMO_H12019_x.csv", b"?"))
        return made

    def _deliver(self) -> None:
        self.round.now(2019, 9, 3, 10)
        uploads = self._uploads()
        done = threading.Semaphore(0)

        def put(upload: tuple[str, bytes]) -> None:
            self.round.put(*upload)
            done.release()

        # the correction and the unplaced one come after the first files: numbers of uploads do not depend on who was faster
        first, then = uploads[: len(MUNICIPALITIES)], uploads[len(MUNICIPALITIES) :]
        with ThreadPoolExecutor(UPLOADS_AT_ONCE) as pool:
            waiting = [pool.submit(put, each) for each in first]
            if self.burst is not None:
                for _ in range(len(first) // 3):
                    done.acquire()
                self.round.until("the first run", lambda: self.round.engineer.count("gmsd_delivery"))
                self._away(self.burst, "burst of uploads")
            for each in waiting:
                each.result()
        for each in then:
            put(each)
        self.round.until("every check, report and mail", lambda: self.round.settled(len(uploads)))
        self._settled_after("burst of uploads")

    def _away(self, outage: Outage, when: str) -> None:
        self.say(f"{outage.service} is taken away in the {when} for {outage.minutes:g} minutes")
        with away(self.round.home, outage.service):
            time.sleep(outage.minutes * 60)
        self.say(f"{outage.service} is back")
        self._back = time.monotonic()
        self.seconds[when] = -self._back

    def _settled_after(self, when: str) -> None:
        if when in self.seconds:
            self.seconds[when] += time.monotonic()
            self.noticed[when] = len(self.round.mails()[1]) - sum(self.noticed.values())
            self.say(f"settled {self.seconds[when]:.0f} s after that")

    def _forms(self) -> None:
        self.round.now(2019, 10, 9, 10)
        code = H1.upload_code
        for municipality, name, body in (
            (WITHDRAWN, "intrekking", {"reason": None}),
            (EXPLAINED, "toelichting", {"text": "In de eerste helft van het jaar zijn wij van aanbieder gewisseld."}),
        ):
            form = {"half_year": code, "municipality": municipality, "name": "Coördinator Wmo", **body}
            self.round.put(f"{code}/{municipality}/formulieren/{name}.json", json.dumps(form).encode())
            number = 1 if name == "intrekking" else 2
            self.round.until("the form", lambda number=number: self.round.settled(len(MUNICIPALITIES) + 2, number))

    def _publish(self) -> None:
        if self.publication is not None and "burst of uploads" in self.seconds:
            # what comes sooner after an outage is the same one to the engineer
            time.sleep(max(0.0, self._back + SAME_OUTAGE.total_seconds() + 60 - time.monotonic()))
        self.round.propose()
        if self.publication is not None:
            self.round.until("the build", self._builds, every=0.05)
            self._away(self.publication, "publication")
        self.round.until("the release", self.round.published)
        self.round.until("the mails", lambda: self.round.settled(len(MUNICIPALITIES) + 2, 2))
        self._settled_after("publication")

    def _builds(self) -> bool:
        task = self.round.task("gmsd_publish", RELEASE, "build")
        return task is not None and task["state"] in {"queued", "running", "success"}
