"""Offers side by side: duplicates, prices of packs taken for pieces, and which offer is awarded."""

from __future__ import annotations

from fractions import Fraction
from heapq import nsmallest
from operator import itemgetter
from typing import TYPE_CHECKING, Literal, NamedTuple

from topogen.catalog.pricing import scaled
from topogen.errors import InputError, Problem, nearest
from topogen.quotes.offers import Finding, judge, suppliers_of
from topogen.records import dataclass
from topogen.units import Triple, format_decimal, to_metres

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from topogen.quotes.offers import Asked, Judged, Offer
    from topogen.quotes.sheets import Sheet
    from topogen.quotes.template import Key, Wanted

Policy = Literal["cheapest", "preferred", "shortest-lead", "split"]
NEAR_A_PACK = (Fraction(3, 4), Fraction(4, 3))
"""A price is taken for that of a pack if it is so many times the known price times the pieces per pack."""


FAR = 20
"""A price per piece of so many times the known one, or one so many times lower, is taken for a slip."""


class Award(NamedTuple):
    """Pieces of one part and length that one supplier gets."""

    row: Judged
    offer: Offer
    pieces: int


@dataclass(frozen=True)
class Merged:
    """Every row of every sheet, and who gets what; ``open`` has what nobody offers."""

    rows: tuple[Judged, ...]
    awards: tuple[Award, ...]
    open: tuple[Wanted, ...]


def merge(
    sheets: Sequence[tuple[Sheet, str]],
    asked: Asked,
    policy: Policy,
    prefer: Sequence[str] = (),
    *,
    pack_check: bool = True,
) -> Merged:
    """Return the merge of some sheets, each with the supplier that it is from if its rows do not say.

    Raises
    ------
    InputError
        E788, if a preferred supplier is in no sheet.
    """
    rows = [one for sheet, supplier in sheets for one in judge(sheet, asked, supplier)]
    _check_preferred(rows, prefer)
    _refuse_duplicates(rows)
    if pack_check:
        _refuse_packs_as_pieces(rows)
    _refuse_below_contents(rows, asked.least)
    offers: dict[Key, list[Award]] = {}
    for row in rows:
        if row.offer:
            offers.setdefault(row.offer.wanted.key, []).append(Award(row, row.offer, row.offer.order))
    awards = [one for some in offers.values() for one in _awarded(some, policy, prefer)]
    for one in awards:
        one.row.award = one.pieces
        _note_raised_order(one)
    _note_terms_left_out(awards)
    missing = tuple(one for key, one in asked.lines.items() if key not in offers)
    return Merged(tuple(rows), tuple(awards), missing)


def _check_preferred(rows: Sequence[Judged], prefer: Sequence[str]) -> None:
    known = suppliers_of(rows)
    for name in prefer:
        if _folded(name) not in map(_folded, known):
            message = f'no sheet has an offer of "{name}"'
            raise InputError([Problem("E788", message, hint=nearest(name, known))])


def _folded(supplier: str) -> str:
    return " ".join(supplier.casefold().split())


def _refuse_duplicates(rows: Iterable[Judged]) -> None:
    """Refuse what a supplier offers twice; prices from different minimum orders on are no duplicates."""
    seen: dict[tuple[Key, str, int | None], list[Judged]] = {}
    for row in rows:
        if row.offer:
            key = row.offer.wanted.key, _folded(row.offer.supplier), row.offer.moq
            seen.setdefault(key, []).append(row)
    for same in seen.values():
        if len(same) > 1:
            _refuse_same(same)


def _refuse_same(same: Sequence[Judged]) -> None:
    terms = {_terms(row.offer) for row in same if row.offer}
    first = f"{same[0].line.sheet} row {same[0].line.row}"
    if len(terms) == 1:
        for row in same[1:]:
            row.refuse(Finding("duplicate", ("part_id",), f"the same offer as {first}, which holds"))
        return
    places = ", ".join(f"{row.line.sheet} row {row.line.row}" for row in same)
    for row in same:
        words = f"{places} offer the same at different terms: keep one, or give each its own moq"
        row.refuse(Finding("duplicate", ("part_id", "unit_price"), words))


def _terms(offer: Offer | None) -> tuple[object, ...]:
    return (offer.usd, offer.pack_qty, offer.lead_time_weeks, offer.valid_until) if offer else ()


# Packs taken for pieces


def _refuse_packs_as_pieces(rows: Sequence[Judged]) -> None:
    """Refuse a price per piece that looks like that of a pack, and the other way round."""
    known = _known_prices(rows)
    for row in rows:
        if row.offer is None:
            continue
        price = row.offer.known_usd or known.get((row.offer.wanted.key, _folded(row.offer.supplier)))
        if price:
            _refuse_near_a_pack(row, row.offer, price)


def _known_prices(rows: Sequence[Judged]) -> dict[tuple[Key, str], Fraction]:
    """Return the lowest price of the others, by part and supplier."""
    lowest: dict[Key, dict[str, Fraction]] = {}
    for row in rows:
        if row.offer and row.offer.known_usd is None:
            own, supplier = lowest.setdefault(row.offer.wanted.key, {}), _folded(row.offer.supplier)
            own[supplier] = min(row.offer.usd, own.get(supplier, row.offer.usd))
    found: dict[tuple[Key, str], Fraction] = {}
    for key, by_supplier in lowest.items():
        two = nsmallest(2, by_supplier.items(), key=itemgetter(1))
        for supplier in by_supplier:
            others = [usd for other, usd in two if other != supplier]
            if others:
                found[key, supplier] = others[0]
    return found


def _refuse_near_a_pack(row: Judged, offer: Offer, price: Fraction) -> None:
    """Refuse a price of a pack or a piece that stands for the other, or for a pack of unknown size."""
    ratio, (fewest, most) = offer.usd / price, NEAR_A_PACK
    pack = offer.pack_qty or 1
    if offer.per == "piece" and pack > 1 and fewest * pack <= ratio <= most * pack:
        row.refuse(_looks_like("carton_as_piece", f"{format_decimal(ratio, 1)} times", offer, price))
    elif offer.per == "pack" and pack > 1 and fewest <= ratio * pack <= most:
        row.refuse(_looks_like("piece_as_carton", f"1/{format_decimal(1 / ratio, 1)} of", offer, price))
    elif offer.per == "piece" and ratio >= FAR:
        words = (
            f"{format_decimal(offer.usd, 2)} USD a piece is {format_decimal(ratio, 1)} times the "
            f"{format_decimal(price, 2)} USD known: correct it, write price_per pack with its pack_qty, "
            "or merge with --no-pack-check"
        )
        row.refuse(Finding("carton_as_piece", ("unit_price", "price_per", "pack_qty"), words))
    elif offer.known_usd and ratio * FAR <= 1:
        words = (
            f"{format_decimal(offer.usd, 2)} USD a piece is 1/{format_decimal(1 / ratio, 0)} of the "
            f"{format_decimal(price, 2)} USD known: correct it, or merge with --no-pack-check"
        )
        row.refuse(Finding("far_below", ("unit_price", "price_per", "pack_qty"), words))


def _looks_like(kind: str, times: str, offer: Offer, price: Fraction) -> Finding:
    other, per = ("pack", "pack") if kind == "carton_as_piece" else ("piece of a pack", "piece")
    words = (
        f"{format_decimal(offer.usd, 2)} USD a piece is {times} the {format_decimal(price, 2)} USD known; "
        f"it looks like a {other} of {offer.pack_qty}: write price_per {per}, or merge with --no-pack-check"
    )
    return Finding(kind, ("unit_price", "price_per", "pack_qty"), words)


def _refuse_below_contents(rows: Iterable[Judged], least: Mapping[str, Fraction]) -> None:
    """Refuse a price below that of what is inside: no catalog may hold it."""
    for row in rows:
        part = row.offer.wanted.part if row.offer else ""
        if row.offer and row.offer.usd < least.get(part, 0):
            usd, inside = format_decimal(row.offer.usd, 2), format_decimal(least[part], 2)
            words = (
                f"{usd} USD is less than what the contents of {part} come to in the catalog, {inside} USD: "
                "state their prices in an overlay, and merge with --catalog"
            )
            row.refuse(Finding("below_contents", ("unit_price",), words))


# Who gets it


def _awarded(offers: Sequence[Award], policy: Policy, prefer: Sequence[str]) -> list[Award]:
    """Return the awards of one part and length; equal ones by lead time, supplier, sheet and row."""
    if policy == "cheapest":
        return [min(offers, key=_by_cost)]
    if policy == "shortest-lead":
        return [min(offers, key=lambda one: (*_lead(one), *_by_cost(one)))]
    ranks = {_folded(name): rank for rank, name in enumerate(prefer)}
    ranked = sorted(
        offers, key=lambda one: (ranks.get(_folded(one.offer.supplier), len(ranks)), *_by_cost(one))
    )
    return _split(ranked) if policy == "split" else ranked[:1]


def _lead(one: Award) -> tuple[bool, Fraction]:
    weeks = one.offer.lead_time_weeks
    return weeks is None, weeks or Fraction(0)


def _by_cost(one: Award) -> tuple[object, ...]:
    line = one.row.line
    return one.offer.cost, *_lead(one), _folded(one.offer.supplier), line.sheet, line.row


def _split(ranked: Sequence[Award]) -> list[Award]:
    """Return what is needed shared between two suppliers in whole packs: half, rounded up, and the rest.

    All of it goes to the first where the second would be below the minimum order of either.
    """
    first = ranked[0]
    other = next((x for x in ranked if _folded(x.offer.supplier) != _folded(first.offer.supplier)), None)
    if other is None:
        return [first]
    needed, pack = first.offer.wanted.pieces, first.offer.pack_qty or 1
    half = -(-needed // (2 * pack)) * pack
    rest = needed - half
    their_pack = other.offer.pack_qty or 1
    theirs = -(-rest // their_pack) * their_pack
    if rest <= 0 or half < (first.offer.moq or 1) or theirs < (other.offer.moq or 1):
        return [first]
    return [first._replace(pieces=half), other._replace(pieces=theirs)]


def _note_raised_order(award: Award) -> None:
    offer = award.offer
    if offer.moq and offer.moq > offer.wanted.pieces:
        words = f"{offer.wanted.pieces} needed, {award.pieces} to order: the least is {offer.moq}"
        award.row.findings.append(Finding("below_moq", ("moq",), words))


def one_term(awards: Sequence[Award], key: str) -> int | None:
    """Return the minimum or pack that all awards of a part have, None where they differ."""
    values = {getattr(one.offer, key) for one in awards}
    return values.pop() if len(values) == 1 else None


def _note_terms_left_out(awards: Sequence[Award]) -> None:
    """Say where minimum or pack differ by length or supplier: a part of the catalog has one of each."""
    by_part: dict[str, list[Award]] = {}
    for one in awards:
        by_part.setdefault(one.offer.wanted.part, []).append(one)
    for some in by_part.values():
        for key in ("moq", "pack_qty"):
            if one_term(some, key) is None:
                for one in some:
                    if (value := getattr(one.offer, key)) is not None and value > 1:
                        words = f"{key} {value} is not in the overlay: other lengths or suppliers differ"
                        one.row.findings.append(Finding("term_left_out", (key,), words))


def mean_price(awards: Sequence[Award]) -> Triple:
    """Return the price per piece of some awards of one part and length, by their pieces; exact."""
    total = sum((one.pieces * one.offer.usd for one in awards), Fraction(0))
    return scaled(Triple(None, total, None), Fraction(1, sum(one.pieces for one in awards)))


def place_of(award: Award) -> str:
    """Return who offers, and in which row of which sheet."""
    words = f"{award.offer.supplier}, {award.row.line.sheet} row {award.row.line.row}"
    length = award.offer.wanted.length_mm
    return words if length is None else f"{words}, {format_decimal(to_metres(length))} m"
