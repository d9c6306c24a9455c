"""On what the figures of a picture rest, in one line: file, status, count basis, price dates, version."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

WIDEST = 155
"""Characters that fit below a picture."""


def footer_of(fabric: Fabric, roll_up: RollUp) -> str:
    """Return file, case, status, count basis, dates of the prices and version, on which all figures rest."""
    scenario = f"@{fabric.scenario}" if fabric.scenario else ""
    far = ", not external ones" if any(not link.has_b for link in fabric.links) else ""
    rest = (fabric.spec.status or "", f"both ends of all tiers{far}", price_dates(fabric, roll_up))
    cases = base_cases(() if scenario else fabric.scenarios)
    lines = [footer_line(f"{fabric.name}{scenario}{case}", *rest) for case in cases]
    return next((line for line in lines if len(line) <= WIDEST), lines[-1])


def base_cases(scenarios: Sequence[str]) -> Sequence[str]:
    """Return how to say that no scenario of a file is applied, from the longest words to none.

    >>> base_cases(["cpo", "row", "hybrid"])[:2]
    [' without scenarios cpo, row, hybrid', ' without scenarios cpo, row and 1 more']
    >>> base_cases(["vcsel"]), base_cases([])
    ([' without scenario vcsel', ' without scenarios', ''], [''])
    """
    cases = []
    for left in range(len(scenarios)):
        more = f" and {left:,} more" if left else ""
        names = ", ".join(scenarios[: len(scenarios) - left])
        cases.append(f" without scenario{'s' * (len(scenarios) > 1)} {names}{more}")
    return [*cases, " without scenarios", ""] if scenarios else [""]


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
