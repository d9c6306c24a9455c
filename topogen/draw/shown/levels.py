"""Up is up: what stands above what, from the links between boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TOP = -1
"""For boxes above all others: what is not modelled."""


def levels_of(lowest: Mapping[str, int], links: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Return the row of each box, 0 at the bottom.

    ``lowest`` is the row it stands on at least, 0 for what computes, which stays there, and ``TOP`` for what
    is above all. ``links`` are pairs of boxes, the lower end first; a switch stands above what it switches.

    >>> levels_of({"gpu": 0, "leaf": 1, "spine": 1, "wan": TOP}, [("gpu", "leaf"), ("leaf", "spine")])
    {'gpu': 0, 'leaf': 1, 'spine': 2, 'wan': 3}
    """
    levels = {box: level for box, level in lowest.items() if level != TOP}
    upward = [(low, high) for low, high in links if levels.get(high, 0) and low in levels and low != high]
    for _ in levels:  # a chain has at most as many rows as boxes; a ring of links ends here
        raised = False
        for low, high in upward:
            if levels[high] <= levels[low] < len(levels) and (high, low) not in upward:
                levels[high], raised = levels[low] + 1, True
        if not raised:
            break
    above = max(levels.values(), default=0) + 1
    return {box: levels.get(box, above) for box in lowest}


def rows_of(levels: Mapping[str, int]) -> tuple[tuple[str, ...], ...]:
    """Return the boxes of each row, the highest row first."""
    return tuple(
        tuple(box for box, level in levels.items() if level == row)
        for row in sorted(set(levels.values()), reverse=True)
    )
