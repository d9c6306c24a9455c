"""What an explanation is made of: steps, where rules are written, and numbers as people paste them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.records import dataclass
from topogen.takeoff.derivation import count_of, exact, percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from fractions import Fraction

    from topogen.catalog.model import Part
    from topogen.errors import Path
    from topogen.model.fabric import Fabric
    from topogen.takeoff.pools import Basis
    from topogen.units import Triple

__all__ = [
    "Explanation",
    "Origin",
    "Section",
    "Step",
    "count_of",
    "exact",
    "percent",
    "provenance",
    "source_location",
    "spread",
    "sum_equation",
    "unique",
    "usd",
]


@dataclass(frozen=True)
class Step:
    """One line: a word in the margin, what is meant, and a formula whose sides are equal.

    ``indent`` 0 is a heading, 1 a line below it, 2 a detail of the line before.
    """

    label: str = ""
    text: str = ""
    formula: str = ""
    indent: int = 1


@dataclass(frozen=True)
class Origin:
    """Where a rule or a value stands: its path, ``file:line`` where that is known, and what it says."""

    path: str
    at: str
    says: str


@dataclass(frozen=True)
class Explanation:
    """Why a number is what it is. ``equations`` are the whole of it in a line or two, with units."""

    title: str
    about: str
    steps: tuple[Step, ...]
    equations: tuple[str, ...]
    sources: tuple[Origin, ...]


@dataclass(frozen=True)
class Section:
    """How one quantity comes about: its steps, its equation, and what count bases make of it."""

    steps: tuple[Step, ...]
    equation: str
    qty: Fraction
    bases: tuple[tuple[Fraction, Basis], ...] = ()
    sources: tuple[Origin, ...] = ()
    groups: tuple[str, ...] = ()
    """The link groups behind it."""


# Numbers


def usd(value: Fraction) -> str:
    """Return an amount of money with its unit."""
    return f"{exact(value)} USD"


def spread(value: Triple, unit: str) -> str:
    """Return low and high of a value in words, nothing where only the base is known."""
    if value.low is None or value.high is None or value.low == value.high:
        return ""
    return f"{exact(value.low)} to {exact(value.high)} {unit}"


def sum_equation(terms: Sequence[Fraction | int], total: Fraction | int, unit: str) -> str:
    """Return the equation that adds up terms, nothing for a single one."""
    if len(terms) < 2:  # noqa: PLR2004 - one term adds up to itself
        return ""
    return f"{' + '.join(exact(term) for term in terms)} = {exact(total)} {unit}"


# Places


def source_location(fabric: Fabric, path: Path, says: str) -> Origin:
    """Return where a path stands, or the nearest key above it that stands in a file."""
    mark = fabric.marks.find(path)
    return Origin(".".join(path), f"{mark.file}:{mark.line}" if mark else "", says)


def provenance(fabric: Fabric, part: Part, key: str, value: str) -> Origin:
    """Return where a value of a part stands and who says it, when, and how far to trust it."""
    who = part.says(key)
    source = fabric.catalog.sources.get(who.source or "", who.source or "no source named")
    words = [value, source, who.as_of, f"confidence: {who.confidence or 'none stated'}"]
    if part.die is not None and key == "price_usd":
        key = "die"
    return source_location(
        fabric, ("catalog", "parts", part.id, key), "; ".join(word for word in words if word)
    )


def unique(origins: Iterable[Origin]) -> tuple[Origin, ...]:
    """Return origins in order, each once."""
    return tuple(dict.fromkeys(origins))
