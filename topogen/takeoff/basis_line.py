"""On what the figures of a picture rest, in one line: file, status, count basis, price dates, version."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

NAMES = 34
"""Characters that the names of scenarios may take."""


def footer_of(fabric: Fabric, roll_up: RollUp) -> str:
    """Return file, case, status, count basis, dates of the prices and version, on which all figures rest."""
    scenario = f"@{fabric.scenario}" if fabric.scenario else ""
    far = ", external ends not counted" if any(not link.has_b for link in fabric.links) else ""
    return footer_line(
        f"{fabric.name}{scenario}",
        "" if scenario else base_case_words(fabric.scenarios),
        fabric.spec.status or "",
        f"both ends of all tiers{far}",
        price_dates(fabric, roll_up),
    )


def base_case_words(scenarios: Sequence[str]) -> str:
    """Return that the scenarios of a file are not applied; of many, the first and how many more.

    >>> base_case_words(["siphotonics", "vcsel", "row", "hybrid"]), base_case_words([])
    ('base case, scenarios not applied: siphotonics, vcsel, row, hybrid', '')
    >>> base_case_words([f"with-{n}-planes" for n in range(6)])
    'base case, scenarios not applied: with-0-planes, with-1-planes and 4 more'
    """
    if not scenarios:
        return ""
    shown = next(
        many
        for many in range(len(scenarios), 0, -1)
        if many == 1 or len(", ".join(scenarios[:many])) <= NAMES
    )
    more = f" and {len(scenarios) - shown:,} more" if shown < len(scenarios) else ""
    applied = "scenario" if len(scenarios) == 1 else "scenarios"
    return f"base case, {applied} not applied: {', '.join(scenarios[:shown])}{more}"


def footer_line(*words: str) -> str:
    """Return the line that says on what something rests, with the version at its end."""
    return "  |  ".join(word for word in (*words, f"topogen {version_text()}") if word)


def price_dates(fabric: Fabric, roll_up: RollUp) -> str:
    """Return the dates of the prices of the interconnect, empty where none has a date."""
    parts = {line.part for line in roll_up.lines if line.extended and line.cost_scope == "interconnect"}
    dates = sorted({date for one in parts if (date := fabric.catalog.parts[one].says("price_usd").as_of)})
    if not dates:
        return ""
    return f"prices of {dates[0]}" if len(dates) == 1 else f"prices of {dates[0]} to {dates[-1]}"


def version_text() -> str:
    """Return the version that is installed, a word for a plain checkout."""
    try:
        return version("topogen")
    except PackageNotFoundError:  # a plain checkout, not installed
        return "0+checkout"
