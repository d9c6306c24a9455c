"""What an explanation is made of: steps, where rules are written, and numbers as people paste them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from topogen.catalog.model import Part
    from topogen.errors import Path
    from topogen.model.fabric import Fabric
    from topogen.takeoff.pools import Basis
    from topogen.units import Triple

PLACES = 6
"""A number with more decimals than this is shown as the fraction it is."""


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


def exact(value: Fraction | int) -> str:
    """Return a number without rounding: decimals where six are enough, else a fraction.

    >>> exact(Fraction(4375, 100)), exact(1296), exact(Fraction(125, 3))
    ('43.75', '1,296', '125/3')
    """
    value = Fraction(value)
    scaled = value * 10**PLACES
    if scaled.denominator != 1:
        return f"{value.numerator:,}/{value.denominator:,}"
    whole, rest = divmod(abs(scaled.numerator), 10**PLACES)
    sign = "-" if value < 0 else ""
    return f"{sign}{whole:,}.{rest:0{PLACES}d}".rstrip("0").rstrip(".")


def percent(share: Fraction) -> str:
    """Return a share as per cent where that is exact, else as a fraction.

    >>> percent(Fraction(1, 4)), percent(Fraction(1, 3))
    ('25%', '1/3')
    """
    text = exact(share * 100)
    return exact(share) if "/" in text else f"{text}%"


def count_of(count: Fraction | int, word: str) -> str:
    """Return a count with its unit: ``1 link``, ``1,296 links``."""
    return f"{exact(count)} {word}" if count == 1 else f"{exact(count)} {word}s"


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
