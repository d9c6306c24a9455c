"""The colours of every picture and chart, by what they stand for: copper is orange, light blue to green.

The hues are close to Okabe and Ito's, which colour-blind eyes tell apart. What stands side by side in a tray
also goes from dark to light in steps that a grey print keeps: GPU, module, engine, NIC, switch, ELS, CPU.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Mapping

    from topogen.catalog.model import Medium

PRINT: Mapping[str, str] = {
    "paper": "#FFFFFF",
    "ink": "#1A1A1A",
    "soft": "#555555",
    "rule": "#B8B8B8",
    "alert": "#B00020",
    "outside": "#F2F2F2",
    "copper": "#D85D00",
    "board": "#482E1A",
    "module": "#024E92",
    "cable": "#56B4E9",
    "engine": "#067B5E",
    "own_laser": "#04564F",
    "no_medium": "#9A9A9A",
    "els": "#E8BA05",
    "gpu": "#022959",
    "cpu": "#AECCEE",
    "nic": "#7F8897",
    "switch": "#DD934B",
    "compute_tray": "#EFF6FC",
    "switch_tray": "#F5DCBF",
    "mixed_tray": "#E9F3E6",
    "rail0": "#0B5FA5",
    "rail1": "#74BEEA",
    "network0": "#5B3A91",
    "network1": "#BFA2DD",
}
"""Every colour by its name, on white paper."""

SLIDE: Mapping[str, str] = {
    **PRINT,
    "paper": "#14181D",
    "ink": "#F4F4F4",
    "soft": "#BDC3C9",
    "rule": "#5A626B",
    "alert": "#FF6B7A",
    "outside": "#262C33",
    "copper": "#D54C01",
    "board": "#7A5B3F",
    "module": "#9CC1F4",
    "cable": "#1C9CC4",
    "engine": "#0AB787",
    "own_laser": "#8BD4CA",
    "els": "#FFE490",
    "gpu": "#E3EFFD",
    "cpu": "#4E7BC5",
    "nic": "#4E5560",
    "switch": "#B07B41",
    "compute_tray": "#162C3D",
    "switch_tray": "#4D371F",
    "mixed_tray": "#2C3D2B",
    "rail0": "#3482C8",
}
"""The same on a dark slide."""

THEMES: Mapping[str, Mapping[str, str]] = {"print": PRINT, "slide": SLIDE}

FAMILIES = ("copper", "board", "module", "cable", "engine", "own_laser", "no_medium")
"""What a medium can be, as a colour."""

RAILS = 2
"""How many rails have a colour of their own: neighbours differ, in grey as well."""

SHADES = (1.0, 0.82, 1.18, 0.7, 1.3)
"""How much lighter or darker the members of a family are drawn than its colour."""


def family_of(medium: Medium | None) -> str:
    """Return the family of a medium, shipped or not, from its kind and its recipe.

    ``engine`` is fed by lasers elsewhere, ``own_laser`` has them inside, ``module`` is plugged into a cage,
    and ``cable`` is an optical cable that is bought whole.
    """
    if medium is None:
        return "no_medium"
    if medium.kind in ("copper", "board"):
        return medium.kind
    if "engine" in medium.recipe:
        return "engine" if "els" in medium.recipe else "own_laser"
    return "module" if any(line.per == "end" for line in medium.recipe.values()) else "cable"


def rail_colour(rail: int) -> str:
    """Return the colour of a rail by name, dark and light in turn; that of no rail is grey.

    >>> rail_colour(0), rail_colour(3), rail_colour(-1)
    ('rail0', 'rail1', 'nic')
    """
    return f"rail{rail % RAILS}" if rail >= 0 else "nic"


def shade_of(medium: str) -> float:
    """Return how light a medium is within its family, by its name: the same in every picture."""
    return SHADES[crc32(medium.encode()) % len(SHADES)]


def shaded(colour: str, factor: float) -> str:
    """Return a colour made lighter (factor above 1, towards white) or darker (below 1, towards black).

    >>> shaded("#804020", 0.5), shaded("#000000", 1.5), shaded("#804020", 1)
    ('#402010', '#808080', '#804020')
    """
    channels = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    if factor <= 1:
        return "#" + "".join(f"{round(one * factor):02X}" for one in channels)
    return "#" + "".join(f"{round(one + (255 - one) * (factor - 1)):02X}" for one in channels)
