"""Paths down the tree of places as products of counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.explain.steps import exact
from topogen.model.path import count_of

if TYPE_CHECKING:
    from topogen.model.path import Steps


def path_term(path: Steps) -> str:
    """Return a path as a product: ``4 nvl72 x 18 compute_tray x 4 nic``."""
    return " x ".join(f"{exact(step.count)} {step.type}" for step in path)


def path_formula(path: Steps, name: str) -> str:
    """Return how many places or devices a path makes, as an equation."""
    counts = [" x ".join(exact(step.count) for step in path)] if len(path) > 2 else []  # noqa: PLR2004
    return " = ".join([path_term(path), *counts, f"{exact(count_of(path))} {name}"])


def span(path: Steps) -> str:
    """Return the full names of the first and the last place or device of a path."""
    first = "/".join(step.entry.name(0) for step in path)
    last = "/".join(step.entry.name(step.count - 1) for step in path)
    return f"from {first} to {last}" if first != last else f"it is {first}"
