"""Whether letters can be read on their paper: the contrast of WCAG 2, and a colour dark enough for it."""

from __future__ import annotations

from functools import cache

from topogen.palette import shaded

SMALL_CONTRAST, LARGE_CONTRAST = 4.5, 3.0
LARGE, LARGE_BOLD = 24, 18.66
"""From these sizes on letters are large, in pixels."""
DARKENING = 40
"""Steps from a colour to black, or to white on dark paper."""


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21.

    >>> round(contrast("#FFFFFF", "#000000"), 1), round(contrast("#FFFFFF", "#E6B800"), 1)
    (21.0, 1.9)
    """
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def contrast_wanted(size: float, *, bold: bool) -> float:
    """Return the least contrast of letters of a size.

    >>> contrast_wanted(15, bold=True), contrast_wanted(28, bold=True)
    (4.5, 3.0)
    """
    return LARGE_CONTRAST if size >= (LARGE_BOLD if bold else LARGE) else SMALL_CONTRAST


@cache
def readable(colour: str, paper: str, least: float) -> str:
    """Return a colour of the same hue that can be read on some paper.

    >>> readable("#C65200", "#FFFFFF", 4.5), readable("#E6B800", "#FFFFFF", 3.0)
    ('#C65200', '#B28F00')
    """
    away = 1 if _luminance(paper) < 0.2 else -1  # noqa: PLR2004 - dark paper
    tones = (shaded(colour, 1 + away * step / DARKENING) for step in range(DARKENING + 1))
    return next(tone for tone in tones if contrast(tone, paper) >= least)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)  # noqa: PLR2004
