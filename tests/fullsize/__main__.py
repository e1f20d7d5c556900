"""`python -m tests.fullsize [--municipalities N]`: play, hold every claim, print the figures; exit status 1 when a claim does not hold."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from gmsd.installation import prepare
from tests.fullsize.account import Account
from tests.fullsize.show import Wanted, show
from tests.support.stack import PROJECT, installation, own_stack

if TYPE_CHECKING:
    from gmsd.settings import Settings

FOLDER = PROJECT / "var" / "test-fullsize"
KEYS = ("pseudonym", "rounding", "reference")


def main() -> int:
    """Start services of its own, show everything, and stop them."""
    parser = argparse.ArgumentParser(prog="python -m tests.fullsize", description=__doc__)
    parser.add_argument("--municipalities", default="all", help="how many; without it the whole country")
    parser.add_argument(
        "--nearest", type=int, help="in how many municipalities two releases of nearest multiples are attacked; without it in all"
    )
    parser.add_argument("--out", type=Path, default=FOLDER / "latest.json", help="where the figures go as JSON")
    options = parser.parse_args()
    account = Account()
    wanted = Wanted(number=options.municipalities, nearest=options.nearest)
    try:
        for stack in own_stack(FOLDER):
            keys = FOLDER / "keys"
            keys.mkdir(exist_ok=True)
            for settings in installation(stack, keys):
                same_keys(settings)
                show(settings, account, wanted)
    finally:
        account.facts["municipalities"] = options.municipalities
        account.facts["seconds"] = round(time.monotonic() - account.begun)
        account.write(options.out)
        print(account.tables())
    for each in account.broken:
        print(f"DOES NOT HOLD: {each}")
    return 1 if account.broken else 0


def same_keys(settings: Settings) -> None:
    """The same keys in every run, before anything is drawn with them: an empty installation with its tables and buckets."""
    for number, name in enumerate(KEYS):
        getattr(settings, f"{name}_key_file").write_text(f"{number:064x}", encoding="ascii")
    prepare(settings)


if __name__ == "__main__":
    sys.exit(main())
