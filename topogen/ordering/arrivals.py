"""What arrives of an order: boxes and kilograms, and the rows that do not tell theirs."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from topogen.units import MM_PER_M

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from topogen.catalog.model import Part
    from topogen.ordering.orders import OrderLine


class Arrival(NamedTuple):
    """Boxes and kilograms of the rows of an order that tell them; at least that where there are gaps."""

    boxes: int = 0
    boxes_gaps: int = 0
    weight_kg: Fraction = Fraction(0)
    weight_gaps: int = 0


def boxes_of(part: Part, order: int | None) -> int | None:
    """Return the packs of an order; None where the pack is not known or nothing is ordered."""
    pack = part.terms.pack_qty
    return order // pack if order and pack else None


def weight_each(part: Part, length_mm: int | None) -> Fraction | None:
    """Return the kilograms of a piece: its own and those of its metres; None where neither is known."""
    per_m = part.weight_kg_per_m if length_mm else None
    own = part.terms.weight_kg
    if per_m is None or length_mm is None:
        return own
    return (own or Fraction(0)) + per_m * length_mm / MM_PER_M


def weight_of(part: Part, length_mm: int | None, order: int | None) -> Fraction | None:
    """Return the kilograms of an order; None where the weight is not known or nothing is ordered."""
    weight = weight_each(part, length_mm)
    return weight * order if weight and order else None


def _is_whole(part: Part, length_mm: int | None) -> bool:
    """Return whether a weight has all of a piece: not the metres or the plugs of a cable alone."""
    return part.terms.weight_kg is not None and not (part.weight_kg_per_m and length_mm is None)


def arrivals(parts: Mapping[str, Part], lines: Iterable[OrderLine]) -> dict[str, Arrival]:
    """Return what arrives for each phase; of a design without phases under ``""``.

    A row of unknown spares is a gap of both: it orders at least what it says.
    """
    found: dict[str, Arrival] = {}
    for line in lines:
        open_spares = line.spares.pieces is None
        if line.order is None and not open_spares:
            continue
        part = parts[line.part]
        boxes, weight = boxes_of(part, line.order), weight_of(part, line.length_mm, line.order)
        so_far = found.get(line.phase, Arrival())
        found[line.phase] = Arrival(
            so_far.boxes + (boxes or 0),
            so_far.boxes_gaps + (boxes is None or open_spares),
            so_far.weight_kg + (weight or 0),
            so_far.weight_gaps + (not _is_whole(part, line.length_mm) or open_spares),
        )
    return found
