"""Values to JSON text; exact decimals are written from fractions, never through a float."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

from topogen.units import format_decimal

Json: TypeAlias = "str | int | Fraction | Sequence[Json] | Mapping[str, Json] | None"

STEP = "  "


def json_text(value: Json, margin: str = "") -> str:
    """Return a value as JSON, two blanks a level, at most 6 decimals.

    >>> json_text([1, Fraction(1, 3), True, None, "x"]).split()
    ['[', '1,', '0.333333,', 'true,', 'null,', '"x"', ']']
    """
    inner = margin + STEP
    if isinstance(value, Fraction):
        return format_decimal(value)
    if isinstance(value, Mapping):
        items = [f"{inner}{_plain(key)}: {json_text(item, inner)}" for key, item in value.items()]
        return _lines("{", items, margin + "}")
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _lines("[", [inner + json_text(item, inner) for item in value], margin + "]")
    return _plain(value)


def _plain(value: str | int | None) -> str:
    return json.dumps(value, ensure_ascii=False)


def _lines(start: str, items: Sequence[str], end: str) -> str:
    return "\n".join([start, ",\n".join(items), end]) if items else start + end.strip()
