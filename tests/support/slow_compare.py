"""A comparison written from the method's words in plain Python: one trait and draw after the other. Imports nothing of ours."""

from __future__ import annotations

import csv
import hashlib
import math
import statistics
from functools import cache
from pathlib import Path

DATA = Path(__file__).resolve().parents[2] / "plugins" / "gmsd" / "reference" / "data"
YEAR = 2020
P, K = "2020-01-01", "2021-01-01"
TRAITS = {  # name: theme, transform, columns, day, divisor
    "inhabitants": ("omvang", "log", ["inhabitants"], P, 1),
    "address_density": ("omvang", "log", ["address_density"], K, 1),
    "share_0_19": ("leeftijd", "share", ["age_0_9", "age_10_19"], P, "inhabitants"),
    "share_70_79": ("leeftijd", "share", ["age_70_79"], P, "inhabitants"),
    "share_80_plus": ("leeftijd", "share", ["age_80_89", "age_90_plus"], P, "inhabitants"),
    "households_single": ("huishoudens", "share", ["households_single_pct"], K, 100),
    "households_children": ("huishoudens", "share", ["households_children_pct"], K, 100),
    "income_per_inhabitant": ("inkomen", "log", ["income_per_inhabitant_keur"], K, 1),
    "households_low_income": ("inkomen", "share", ["households_low_income_pct"], K, 100),
    "dwelling_value": ("wonen", "log", ["dwelling_value_keur"], K, 1),
    "dwellings_social_rent": ("wonen", "share", ["dwellings_social_rent_pct"], K, 100),
    "disability_benefit": ("gezondheid", "share", ["disability_benefit_per_1000"], K, 1000),
}
THEMES = list(dict.fromkeys(theme for theme, *_ in TRAITS.values()))


@cache
def _printed() -> dict[tuple[str, str], dict[str, str]]:
    printed: dict[tuple[str, str], dict[str, str]] = {}
    with (DATA / "traits.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            printed.setdefault((row["trait"], row["reference_date"]), {})[row["code"]] = row["value"]
    return printed


@cache
def codes() -> list[str]:
    return sorted(_printed()["inhabitants", P])


@cache
def provinces() -> dict[str, str]:
    with (DATA / "municipalities.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["province"] for row in csv.DictReader(file)}


@cache
def z_scores(draw: int | None = None) -> dict[str, dict[str, float]]:
    """Code -> trait -> z; with a draw, of values that moved within their rounding."""
    scores: dict[str, dict[str, float]] = {code: {} for code in codes()}
    for trait, (_, transform, columns, day, divisor) in TRAITS.items():
        parts = [_printed()[column, day] for column in columns]
        half = 0.5 / 10 ** max(len(value.split(".")[1]) if "." in value else 0 for part in parts for value in part.values())
        values = {}
        for code in codes():
            if code not in parts[0]:
                continue
            value = sum(float(part[code]) for part in parts)
            if draw is not None:
                hashed = hashlib.sha256(f"{YEAR}|{draw}|{code}|{trait}".encode()).digest()
                value += (2 * (int.from_bytes(hashed[:8], "big") / 2**64) - 1) * half
            value /= float(_printed()[divisor, day][code]) if isinstance(divisor, str) else divisor
            values[code] = math.log(value) if transform == "log" else value
        mean, deviation = statistics.fmean(values.values()), statistics.pstdev(values.values())
        for code, value in values.items():
            scores[code][trait] = min(3.0, max(-3.0, (value - mean) / deviation))
    return scores


def trait_weights(weights: dict[str, float]) -> dict[str, float]:
    sizes = {theme: sum(1 for other, *_ in TRAITS.values() if other == theme) for theme in THEMES}
    return {trait: weights.get(theme, 1) / sizes[theme] for trait, (theme, *_) in TRAITS.items()}


def distance(one: dict[str, float], other: dict[str, float], weights: dict[str, float], enough: float = 2 / 3) -> float | None:
    shared = [trait for trait in weights if trait in one and trait in other]
    weight = sum(weights[trait] for trait in shared)
    if weight <= 0 or weight < enough * sum(weights.values()) - 1e-9:
        return None
    return math.sqrt(sum(weights[trait] * (one[trait] - other[trait]) ** 2 for trait in shared) / weight)


def chosen(me, z, weights, inside, number, order="alike", theme=None):
    """The codes that are shown, in order."""
    found = {code: d for code in sorted(inside - {me}) if (d := distance(z[me], z[code], weights)) is not None}
    keys = found
    if order == "unlike":
        keys = {code: -d for code, d in found.items()}
    elif order == "alike_but":
        in_theme = {trait: 1.0 for trait in weights if TRAITS[trait][0] == theme}
        elsewhere = {trait: weight for trait, weight in weights.items() if TRAITS[trait][0] != theme}
        apart = {code: (distance(z[me], z[code], in_theme, 0), distance(z[me], z[code], elsewhere, 0)) for code in found}
        apart = {code: pair for code, pair in apart.items() if None not in pair}
        far = sorted(apart, key=lambda code: (-round(apart[code][0], 12), code))[: len(apart) // 4]
        keys = {code: apart[code][1] for code in far}
    return sorted(keys, key=lambda code: (round(keys[code], 12), code))[:number]


@cache
def cut_points() -> tuple[float, float]:
    z, weights = z_scores(), trait_weights({})
    every = sorted(
        d for place, one in enumerate(codes()) for other in codes()[place + 1 :] if (d := distance(z[one], z[other], weights)) is not None
    )

    def percentile(part: float) -> float:
        at = part * (len(every) - 1)
        low = math.floor(at)
        return every[low] + (at - low) * (every[min(low + 1, len(every) - 1)] - every[low])

    return percentile(0.05), percentile(0.20)


def verdict(me: str, weights: dict[str, float], inside: set[str], number: int) -> str:
    z = z_scores()
    near = [distance(z[me], z[code], weights) for code in chosen(me, z, weights, inside, number)]
    alike = sum(d < cut_points()[1] for d in near)
    return "goed" if alike >= 5 else "matig" if alike >= 1 else "geen goede vergelijking"


def answer(me: str, *, number=10, order="alike", theme=None, weights=None, province=None, draws=200) -> dict[str, object]:
    """What `gmsd compare --json` tells of its neighbours, not rounded."""
    z, by_trait = z_scores(), trait_weights(weights or {})
    inside = {code for code in codes() if not province or provinces()[code] in province}
    shown = chosen(me, z, by_trait, inside, number, order, theme)
    stayed = dict.fromkeys(shown, 0)
    for draw in range(draws):
        for code in set(chosen(me, z_scores(draw), by_trait, inside, number, order, theme)) & set(shown):
            stayed[code] += 1
    dropped = dict.fromkeys(shown, 0)
    for trait in TRAITS:
        left = {other: weight for other, weight in by_trait.items() if other != trait}
        for code in set(shown) - set(chosen(me, z, left, inside, number, order, theme)):
            dropped[code] += 1
    neighbours = []
    for code in shown:
        d = distance(z[me], z[code], by_trait)
        parts = {trait: by_trait[trait] * (z[me][trait] - z[code][trait]) ** 2 for trait in TRAITS if trait in z[me] and trait in z[code]}
        whole = sum(parts.values())
        neighbours.append(
            {
                "municipality": f"GM{code}",
                "distance": d,
                "word": "lijkt sterk" if d < cut_points()[0] else "lijkt" if d < cut_points()[1] else "lijkt weinig",
                "z": {trait: z[code].get(trait) for trait in TRAITS},
                "share": {name: sum(part for trait, part in parts.items() if TRAITS[trait][0] == name) / (whole or 1) for name in THEMES},
                "mutual": me in inside and me in chosen(code, z, by_trait, inside, number),
                "stability": stayed[code] / draws,
                "dropped_without": dropped[code],
            }
        )
    return {
        "z": {trait: z[me].get(trait) for trait in TRAITS},
        "neighbours": neighbours,
        "not_comparable": [f"GM{code}" for code in sorted(inside - {me}) if distance(z[me], z[code], by_trait) is None],
        "verdict": verdict(me, by_trait, inside, number),
    }
