"""Faults put into files in order: some of every rule on lines of their own, or as many as a line can have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import polars as pl

_EARLIER, _LATER, _AFTER = "20190701", "20190801", "20200105"

# Rule -> the cells that make a line break it and, the notices REC-01 and REC-02 excepted, nothing else.
BREAKING: dict[str, dict[str, str | None]] = {
    "AANM-01": {"Aanmaakdatum_bestand": None},
    "AANM-02": {"Aanmaakdatum_bestand": "20200230"},
    "AANM-03": {"Aanmaakdatum_bestand": "20200221"},
    "AANM-04": {"Aanmaakdatum_bestand": "20191230"},
    "GEM-01": {"Gemeentecode": None},
    "GEM-02": {"Gemeentecode": "363"},
    "GEM-03": {"Gemeentecode": "0518"},
    "GEM-04": {"Gemeentecode": "9999"},
    "BSN-01": {"BSN": None},
    "BSN-02": {"BSN": "123456789"},
    "BSN-09": {"BSN": "999999999"},
    "TYPE-01": {"Type_maatwerkarrangement": None},
    "TYPE-02": {"Type_maatwerkarrangement": "19"},
    "START-01": {"Startdatum_ondersteuning": None},
    "START-02": {"Startdatum_ondersteuning": "1-7-2019"},
    "START-04": {"Startdatum_ondersteuning": "19000101"},
    "START-05": {"Startdatum_ondersteuning": "20210101", "Einddatum_ondersteuning": None, "Reden_beeindiging": None},
    "EIND-02": {"Einddatum_ondersteuning": "20191131"},
    "EIND-03": {"Startdatum_ondersteuning": _LATER, "Einddatum_ondersteuning": _EARLIER},
    "VORM-01": {"Leveringsvorm": None},
    "VORM-02": {"Leveringsvorm": "3"},
    "REC-01": {"Startdatum_ondersteuning": _AFTER, "Einddatum_ondersteuning": None, "Reden_beeindiging": None},
    "TOEW-02": {"Nummer_toewijzing": "1234567890"},
    "VOL-02": {"Volume": "1,5"},
    "EENH-02": {"Eenheid": "4"},
    "EENH-03": {"Eenheid": "99"},
    "FREQ-02": {"Frequentie": "02"},
    "FREQ-03": {"Frequentie": "9"},
    "BEEIN-02": {"Reden_beeindiging": "2"},
    "BEEIN-03": {"Reden_beeindiging": "99"},
    "BEEIN-04": {"Einddatum_ondersteuning": None, "Reden_beeindiging": "02"},
    "WIJZ-02": {"Reden_wijziging_toewijzing": "4"},
    "WIJZ-03": {"Reden_wijziging_toewijzing": "99"},
}
COPIES = "REC-02"


def faults_per_rule(rows: int) -> int:
    """How often `sprinkled` breaks each rule: a few hundred times, in a small file less."""
    return min(300, rows // 100)


def sprinkled(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with every rule broken `faults_per_rule` times, on lines over the whole of it that break no other."""
    import polars as pl

    each = faults_per_rule(frame.height)
    places = np.random.default_rng(4).permutation(frame.height)[: each * (len(BREAKING) + 2)].reshape(-1, each)
    columns = {name: frame[name] for name in frame.columns}
    for place, cells in zip(places, BREAKING.values(), strict=False):
        for name, value in cells.items():
            columns[name] = columns[name].scatter(place, value)
    copies = {name: cells.scatter(places[-1], cells.gather(places[-2])) for name, cells in columns.items()}
    return pl.DataFrame(copies)


def wrong_everywhere(frame: pl.DataFrame) -> pl.DataFrame:
    """As many rows, each wrong in all thirteen columns, so that every rule is broken by as many of them as the others leave it.

    A cell breaks one rule at a time (empty, form, code list, beside another cell): line by line it is the next rule's turn. The second
    half of the lines repeats the first.
    """
    import polars as pl

    turns: dict[str, tuple[str | None, ...]] = {
        "Aanmaakdatum_bestand": (None, "20200230", "20200221", "20191230"),
        "Gemeentecode": (None, "363", "0518", "9999"),
        "Type_maatwerkarrangement": (None, "19"),
        "Startdatum_ondersteuning": (None, "1-7-2019", "20200105", "20200105", None, "1-7-2019", "19000101", "20210101"),
        "Einddatum_ondersteuning": ("31-12-2019", "20191131", "20191231", None),
        "Leveringsvorm": (None, "3"),
        "Nummer_toewijzing": ("1234567890",),
        "Volume": ("1,5",),
        "Eenheid": ("4", "99"),
        "Frequentie": ("02", "9"),
        "Reden_beeindiging": ("2", "99", "2", "02"),
        "Reden_wijziging_toewijzing": ("4", "99"),
    }
    half = frame.head((frame.height + 1) // 2)
    place = pl.int_range(pl.len())
    wrong = [
        pl.Series(name, values, dtype=pl.String).gather(np.arange(half.height) % len(values)).alias(name) for name, values in turns.items()
    ]
    # Another last digit never passes the 11-proef: its weight is -1.
    mistyped = pl.col("BSN").str.head(8) + ((pl.col("BSN").str.tail(1).cast(pl.Int8) + 1) % 10).cast(pl.String)
    bsn = pl.when(place % 8 == 6).then(None).when(place % 8 == 7).then(pl.lit("999999999")).otherwise(mistyped)
    half = half.with_columns(bsn.alias("BSN"), *wrong)
    return pl.concat([half, half]).head(frame.height)
