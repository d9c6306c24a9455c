"""Values of ``--over``: lists and ranges by path, combined with each other or varied together."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.errors import InputError, Problem
from topogen.language.scenario import changes_to
from topogen.units import format_decimal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from topogen.language.scenario import Changes

MOST_VALUES = 10_000
"""Values of one range, at most."""

_BETWEEN = re.compile(r",(?![^\[{]*[\]}])")
"""A comma that separates values, not one inside a value's own brackets."""
_LIKE_A_RANGE = re.compile(r"[-+]?\.?\d.*?\.\..*", re.DOTALL)
_NUMBER = r"(-?\d{1,15}(?:\.\d{1,15})?)"
_RANGE = re.compile(rf"{_NUMBER}\.\.{_NUMBER}(?:\.\.{_NUMBER})?")
PLACES = 15
"""Decimals of an end or a step, at most, so that every value is exact."""
_FORM = "write FROM..TO or FROM..TO..STEP in plain numbers: 1..8, 0.5..1.0..0.1"


def read_over(given: Sequence[str]) -> dict[str, list[str]]:
    """Return the values by path of texts such as ``instances.su=1,2,4`` or ``a.x,b.x=1..8``.

    Raises
    ------
    InputError
        E675 for a text of another form or a range that is none, E676 for one of too many values, E677 for a
        path that is given twice.

    >>> read_over(["instances.su=1..3,8", "catalog.parts.x.price_usd=10..11..0.5"])
    {'instances.su': ['1', '2', '3', '8'], 'catalog.parts.x.price_usd': ['10', '10.5', '11']}
    """
    over: dict[str, list[str]] = {}
    for text in given:
        paths, equals, values = (part.strip() for part in text.partition("="))
        if not (paths and equals and values):
            raise _refusal("E675", f'"{text}" is not PATH=VALUE,VALUE', "write instances.su=1,2,4")
        known = {path for other in over for path, _ in changes_to(other, "")}
        for path, _ in changes_to(paths, ""):
            if path in known:
                hint = f'write all its values in one place: "{path}=1,2"'
                raise _refusal("E677", f'"{path}" is given twice', hint)
            known.add(path)
        over[paths] = [one for value in _BETWEEN.split(values) for one in _values(value.strip())]
    return over


def zipped(over: Mapping[str, Sequence[str]]) -> Iterator[Changes]:
    """Yield the first values of all paths together, then the second, and so on.

    Raises
    ------
    InputError
        E678 where paths have unlike numbers of values.

    >>> list(zipped({"a": ["1", "2"], "b": ["3", "4"]}))
    [(('a', '1'), ('b', '3')), (('a', '2'), ('b', '4'))]
    """
    counts = {paths: len(values) for paths, values in over.items()}
    if len(set(counts.values())) > 1:
        found = ", ".join(f"{paths} has {count}" for paths, count in counts.items())
        hint = "give every path the same number of values, or leave out --zip to combine them"
        raise _refusal("E678", f"the paths of --zip have different numbers of values: {found}", hint)
    for values in zip(*over.values(), strict=True):
        pairs = zip(over, values, strict=True)
        yield tuple(change for paths, value in pairs for change in changes_to(paths, value))


def _refusal(code: str, message: str, hint: str) -> InputError:
    return InputError([Problem(code, f"--over: {message}", hint=hint)])


def _values(text: str) -> Sequence[str]:
    """Return the values of a range, or a value as it is."""
    if not _LIKE_A_RANGE.fullmatch(text):
        return [text]
    found = _RANGE.fullmatch(text)
    if found is None:
        raise _refusal("E675", f'"{text}" is not a range of numbers', _FORM)
    first, last, step = (Fraction(end or 1) for end in found.groups())
    if step <= 0 or last < first:
        raise _refusal("E675", f'"{text}" does not run upwards', _FORM)
    steps, rest = divmod(last - first, step)
    if rest:
        end = format_decimal(first + steps * step, PLACES)
        hint = f"end it at {end}, or choose a step that reaches the end"
        raise _refusal("E675", f'"{text}" does not reach its end in steps of {found[3] or 1}', hint)
    if steps >= MOST_VALUES:
        hint = f"state a larger step: one range has at most {MOST_VALUES:,} values"
        raise _refusal("E676", f'"{text}" has {steps + 1:,} values', hint)
    return [format_decimal(first + index * step, PLACES) for index in range(steps + 1)]
