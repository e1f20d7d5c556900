"""The bench's rules in SQL find what ours find."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import make_url

from gmsd.checking import check_path
from tests.bench import files
from tests.bench.checked import answers

if TYPE_CHECKING:
    from pathlib import Path

    from gmsd.settings import Settings


def test_gx_on_postgresql_counts_the_same_faults(settings: Settings, tmp_path: Path) -> None:
    from tests.bench import postgres, stock

    files.large(tmp_path, 3_000)
    files.clean_and_wrong(tmp_path, 3_000)
    server = make_url(settings.database_owner.get_secret_value()).set(drivername="postgresql").render_as_string(False)
    for name in (files.LARGE, files.WRONG):
        ours = answers(check_path(tmp_path / name, **files.KNOWN))
        assert postgres.check(tmp_path / name, stock.suite(), server) == {rule: (count, None) for rule, (count, _) in ours.items()}
