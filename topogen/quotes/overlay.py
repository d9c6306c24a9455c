"""The awarded offers as a catalog overlay, an ordinary file of the catalog language."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING

from topogen.quotes.merge import mean_price, one_term, place_of
from topogen.quotes.template import length_words
from topogen.units import format_decimal, to_metres

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from fractions import Fraction

    from topogen.catalog.model import Part
    from topogen.quotes.merge import Award, Merged

BASIS, CONFIDENCE = "asp", "official"
"""A quote is the volume price of the one who makes it, and in writing."""


def overlay_yaml(merged: Merged, parts: Mapping[str, Part], on: date) -> str:
    """Return the overlay: by part its price with source, day, basis and confidence, and the terms.

    What a quote replaces is removed, so that no part has a price of one supplier and price breaks of another.
    """
    rows = [
        "# Prices of supplier sheets, written by topogen price merge: merge.csv has every row of them.",
        "parts:",
    ]
    by_part = groupby(sorted(merged.awards, key=_part), key=_part)
    found = [(part, list(awards)) for part, awards in by_part]
    for part, awards in found:
        entry = _entry(awards, parts[part], on)
        rows.append(f"  {part}:")
        rows += [f"    {key}: {value}" for key, value in entry]
    if not found:
        rows[-1] = "parts: {}"
    return "\n".join(rows) + "\n"


def _part(award: Award) -> str:
    return award.offer.wanted.part


def _entry(awards: Sequence[Award], part: Part, on: date) -> Iterator[tuple[str, str]]:
    quoted = {one.offer.wanted.length_mm for one in awards}
    kept = [mm for mm in part.terms.length_prices if mm not in quoted]
    said = [f"{place_of(one)}: {one.offer.words}" for one in awards]
    said += [f"{part.source or 'no source'}{length_words(mm)}" for mm in kept]
    yield "source", _text("; ".join(said))
    yield "as_of", _text(on.isoformat())
    yield "confidence", CONFIDENCE
    yield "basis", BASIS
    yield from _price(awards, part)
    if part.terms.price_breaks:
        yield "price_breaks", "null"
    yield "supplier", _text("; ".join(dict.fromkeys(one.offer.supplier for one in awards)))
    for key in ("moq", "pack_qty"):
        value = one_term(awards, key)
        if value is not None or getattr(part.terms, key) is not None:
            yield key, "null" if value is None else str(value)
    if weeks := _weeks(awards, part):
        yield "lead_time_weeks", format_decimal(max(weeks))
    mpns = {one.offer.mpn for one in awards if one.offer.mpn}
    if len(mpns) == 1 and not part.mpn and awards[0].offer.wanted.length_mm is None:
        yield "mpn", _text(mpns.pop())


def _weeks(awards: Sequence[Award], part: Part) -> list[Fraction]:
    """Return the lead times of all lengths, that of the catalog where a quote states none."""
    known = part.terms.lead_time_weeks
    own = known.base if known else None
    quoted = [one.offer.lead_time_weeks for one in awards]
    if all(weeks is None for weeks in quoted):
        return []
    return [weeks for weeks in (own if one is None else one for one in quoted) if weeks is not None]


def _price(awards: Sequence[Award], part: Part) -> Iterator[tuple[str, str]]:
    """Yield one price, or one for each length; the other kinds of price are removed."""
    if awards[0].offer.wanted.length_mm is None:
        yield "price_usd", _number(mean_price(awards).base)
        return
    lengths: dict[int, list[Award]] = {}
    for one in awards:
        lengths.setdefault(one.offer.wanted.length_mm or 0, []).append(one)
    prices = {format_decimal(to_metres(mm)): mean_price(some).base for mm, some in sorted(lengths.items())}
    kept = {
        format_decimal(to_metres(mm)): price.base
        for mm, price in part.terms.length_prices.items()
        if mm not in lengths
    }
    for key in ("price_usd", "price_per_m_usd"):
        if getattr(part, key) is not None:
            yield key, "null"
    shown = ", ".join(f"{length}: {_number(usd)}" for length, usd in (kept | prices).items())
    yield "length_prices_usd", f"{{{shown}}}"


def _number(value: Fraction) -> str:
    """Return an exact number: digits where these are enough, else a fraction.

    >>> from fractions import Fraction
    >>> _number(Fraction(49, 2)), _number(Fraction(25, 3))
    ('24.5', '25/3')
    """
    if 10**12 % value.denominator == 0:
        return format_decimal(value, 12)
    return f"{value.numerator}/{value.denominator}"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
