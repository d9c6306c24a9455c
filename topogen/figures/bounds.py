"""Which way a figure is open: what it lacks can only add to it, only take from it, or both."""

from __future__ import annotations

AT_LEAST, AT_MOST, OPEN, KNOWN = "at_least", "at_most", "open", ""
_REVERSE = {KNOWN: KNOWN, AT_LEAST: AT_MOST, AT_MOST: AT_LEAST, OPEN: OPEN}

SAID = {KNOWN: "", AT_LEAST: "at least ", AT_MOST: "at most ", OPEN: "about "}
"""What people read in front of a value."""
UNPROVED = {
    KNOWN: (),
    AT_LEAST: ("at_most", "between"),
    AT_MOST: ("at_least", "between"),
    OPEN: ("at_least", "at_most", "between"),
}
"""The kinds of conditions that a figure cannot meet because of what it lacks."""


def open_to(*, more: bool, less: bool) -> str:
    """Return how a figure is open that what it lacks can raise, lower, or both.

    >>> open_to(more=True, less=False), open_to(more=False, less=False)
    ('at_least', '')
    """
    return {(True, False): AT_LEAST, (False, True): AT_MOST, (True, True): OPEN}.get((more, less), KNOWN)


def ratio_bound(above: str, below: str) -> str:
    """Return how a ratio is open whose sides are: more below the line makes it less.

    >>> ratio_bound("at_least", ""), ratio_bound("", "at_least"), ratio_bound("at_least", "at_least")
    ('at_least', 'at_most', 'open')
    """
    sides = {above, _REVERSE[below]} - {KNOWN}
    return OPEN if len(sides) > 1 else next(iter(sides), KNOWN)
