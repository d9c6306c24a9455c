"""Wiring patterns and sized generators: one file each, of the name that a topology file uses."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from topogen.wiring.record import Generator, LinkPattern

LINK_PATTERNS = (
    "full_mesh",
    "planes",
    "rails",
    "one_to_one",
    "spread",
    "ring",
    "peers",
    "explicit",
    "external",
)
"""Patterns of link groups; the module of that name has the record ``PATTERN``."""

GENERATORS = (
    "fat_tree",
    "torus",
    "nd_full_mesh",
    "torus_ocs",
    "dragonfly",
    "dragonfly_plus",
    "hyperx",
    "hx_mesh",
    "slim_fly",
    "polar_fly",
    "de_bruijn",
    "jellyfish",
    "one_big_switch",
)
"""Sized generators; each makes the switches and links of one plane of a fabric."""


def link_pattern(name: str) -> LinkPattern:
    """Return the record of a link pattern; its module is imported on first use."""
    record: LinkPattern = import_module(f"topogen.wiring.{name}").PATTERN
    return record


def generator(name: str) -> Generator:
    """Return the record of a generator; its module is imported on first use."""
    record: Generator = import_module(f"topogen.wiring.{name}").PATTERN
    return record
