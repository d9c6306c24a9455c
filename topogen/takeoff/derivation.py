"""Derivations: trees of products, sums and ceilings that evaluate to a quantity and print as a formula."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, prod
from typing import TYPE_CHECKING

from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.errors import Path

PLACES = 6
"""A number with more decimals than this is shown as a fraction."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A number with its words: ``unit`` takes a plural s, ``label`` follows it; unit ``%`` is a share.

    ``source`` is the path of the key that gives the number, empty where it is counted.
    """

    value: Fraction | int
    label: str = ""
    unit: str = ""
    source: Path = ()


@dataclass(frozen=True, slots=True)
class Product:
    """Factors, multiplied."""

    factors: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """Terms, added."""

    terms: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Ratio:
    """One value divided by another, without rounding."""

    value: Value
    by: Value


@dataclass(frozen=True, slots=True)
class Ceiling:
    """A value rounded up to a whole number."""

    value: Value


Value = Leaf | Product | Sum | Ratio | Ceiling


def evaluate(value: Value) -> Fraction:
    """Return what a derivation comes to, exactly.

    >>> evaluate(Product((Leaf(2, "rack"), Ceiling(Ratio(Leaf(9, unit="lane"), Leaf(4, unit="lane"))))))
    Fraction(6, 1)
    """
    match value:
        case Leaf():
            return Fraction(value.value)
        case Product(factors):
            return prod((evaluate(one) for one in factors), start=Fraction(1))
        case Sum(terms):
            return sum((evaluate(one) for one in terms), Fraction(0))
        case Ratio(over, by):
            return evaluate(over) / evaluate(by)
        case Ceiling(inner):
            return Fraction(ceil(evaluate(inner)))


def leaves(value: Value) -> Iterator[Leaf]:
    """Yield the numbers that a derivation is made of, from left to right."""
    match value:
        case Leaf():
            yield value
        case Product(inner) | Sum(inner):
            for one in inner:
                yield from leaves(one)
        case Ratio(over, by):
            yield from leaves(over)
            yield from leaves(by)
        case Ceiling(one):
            yield from leaves(one)


# Text


def formula(value: Value) -> str:
    """Return a derivation as text.

    >>> formula(Product((Leaf(2, "rack"), Ceiling(Ratio(Leaf(9, unit="lane"), Leaf(4, unit="lane"))))))
    '2 rack x ceil(9 lanes / 4 lanes)'
    """
    match value:
        case Leaf():
            return _leaf_text(value)
        case Product(factors):
            return " x ".join(_bracketed(one) for one in factors)
        case Sum(terms):
            return " + ".join(formula(one) for one in terms)
        case Ratio(over, by):
            return f"{_bracketed(over)} / {_bracketed(by)}"
        case Ceiling(inner):
            return f"ceil({formula(inner)})"


def equation(value: Value, result: str, *middle: str) -> str:
    """Return the formula of a derivation, what it works out to on the way, and its result with a unit.

    >>> equation(Product((Leaf(2, "rack"), Leaf(3, "tray"))), "tray")
    '2 rack x 3 tray = 6 tray'
    """
    total = f"{exact(evaluate(value))} {result}".strip()
    return " = ".join([formula(value), *(one for one in middle if one), total])


def worked_out(value: Value) -> str:
    """Return a sum of products with each factor evaluated, a first factor of 1 left out.

    >>> worked_out(Product((Leaf(2, "rack"), Ceiling(Ratio(Leaf(9), Leaf(4))))))
    '2 x 3'
    """
    match value:
        case Sum(terms):
            return " + ".join(worked_out(one) for one in terms)
        case Product((first, *rest)) if evaluate(first) == 1 and rest:
            return exact(evaluate(value))
        case Product((first, *rest)) if rest:
            return f"{exact(evaluate(first))} x {exact(evaluate(Product(tuple(rest))))}"
        case _:
            return exact(evaluate(value))


def abridged(terms: Sequence[Value], most: int, words: str) -> tuple[Value, ...]:
    """Return the first ``most`` terms, and what the others come to as one number."""
    rest = sum((evaluate(one) for one in terms[most:]), Fraction(0))
    return (*terms[:most], *([Leaf(rest, words)] if rest else []))


def sum_of(terms: Sequence[Value]) -> Value:
    """Return terms as a sum, a single one as it is."""
    return terms[0] if len(terms) == 1 else Sum(tuple(terms))


def _bracketed(value: Value) -> str:
    return f"({formula(value)})" if isinstance(value, Sum) else formula(value)


def _leaf_text(leaf: Leaf) -> str:
    if leaf.unit == "%":
        return f"{percent(Fraction(leaf.value))} {leaf.label}".strip()
    number = count_of(leaf.value, leaf.unit) if leaf.unit else exact(leaf.value)
    return f"{number} {leaf.label}".strip()


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
