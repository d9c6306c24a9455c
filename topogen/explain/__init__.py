"""Why a number is what it is: group -> links -> lanes -> pool -> scope -> rounding -> price -> source.

What is shown is computed again from the fabric and its roll-up, every step beside it; nothing is printed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.errors import InputError, Problem, nearest
from topogen.explain.links import explain_link
from topogen.explain.media import explain_medium, media_in_use
from topogen.explain.parts import explain_line, explain_part, held_in
from topogen.explain.steps import Explanation, Origin, Step
from topogen.explain.text import to_text
from topogen.explain.totals import TOTALS, explain_total
from topogen.explain.trees import explain_devices
from topogen.explain.vendors import explain_vendor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

__all__ = ["Explanation", "Origin", "Step", "explain", "explain_each", "explainable", "to_text"]


def explain(fabric: Fabric, rollup: RollUp, what: str) -> Explanation:
    """Return why a figure is what it is.

    Parameters
    ----------
    fabric, rollup
        The fabric, and everything counted and valued of it.
    what
        A part, ``PART in NETWORK``, a line of the recipes, a total of the summary, a link group, a medium, a
        device or template, or a vendor. A name that stands for several things means the first of them in
        this order: total, link group, part, device, medium, recipe line, vendor.

    Raises
    ------
    InputError
        When nothing here bears the name; the message has the nearest.
    """
    words = " ".join(what.split())
    part, narrowed, network = words.partition(" in ")
    known = explainable(fabric, rollup)
    if words not in known:
        raise InputError([_unknown(fabric, known, words)])
    if narrowed:
        return explain_part(fabric, rollup, part, network)
    return next(kind for names, kind in _kinds(fabric, rollup) if words in names)(words)


def explain_each(fabric: Fabric, rollup: RollUp, names: Iterable[str]) -> dict[str, Explanation]:
    """Return why each of some figures is what it is; a name that nothing here bears is left out."""
    kinds = _kinds(fabric, rollup)
    found = {name: next((kind for known, kind in kinds if name in known), None) for name in names}
    return {name: kind(name) for name, kind in found.items() if kind}


def explainable(fabric: Fabric, rollup: RollUp) -> tuple[str, ...]:
    """Return every name that can be explained, in the order in which names are looked up."""
    names = [name for kind, _ in _kinds(fabric, rollup) for name in kind]
    return tuple(dict.fromkeys([*names, *_narrowed(fabric, rollup)]))


def _kinds(fabric: Fabric, rollup: RollUp) -> list[tuple[list[str], Callable[[str], Explanation]]]:
    """Return the names of each kind of thing, and what explains one of them."""
    return [
        (list(TOTALS), lambda name: explain_total(fabric, rollup, name)),
        ([link.name for link in fabric.links], lambda name: explain_link(fabric, rollup, name)),
        (_parts(fabric, rollup), lambda name: explain_part(fabric, rollup, name)),
        (_devices(fabric), lambda name: explain_devices(fabric, name)),
        (media_in_use(fabric), lambda name: explain_medium(fabric, rollup, name)),
        (_lines(rollup), lambda name: explain_line(fabric, rollup, name)),
        (_vendors(rollup), lambda name: explain_vendor(fabric, rollup, name)),
    ]


def _parts(fabric: Fabric, rollup: RollUp) -> list[str]:
    """Return the parts that are bought, then those that are in them at any depth."""
    bought = list(dict.fromkeys(line.part for line in rollup.lines))
    inside = [
        part for part in fabric.catalog.parts if any(held_in(fabric.catalog, one, part) for one in bought)
    ]
    return list(dict.fromkeys([*bought, *inside]))


def _devices(fabric: Fabric) -> list[str]:
    names = [name for group in fabric.groups for name in (group.label, group.type.name)]
    return list(dict.fromkeys([*names, *(place.template for place in fabric.places)]))


def _lines(rollup: RollUp) -> list[str]:
    return list(dict.fromkeys(row.line for row in rollup.quantities if row.medium and row.qty))


def _vendors(rollup: RollUp) -> list[str]:
    return list(dict.fromkeys(row.vendor for row in rollup.vendors))


def _narrowed(fabric: Fabric, rollup: RollUp) -> list[str]:
    """Return ``PART in NETWORK`` for the networks that a part is counted in."""
    found = []
    for part in _parts(fabric, rollup):
        holders = [
            row
            for row in rollup.quantities
            if row.part and (row.part == part or held_in(fabric.catalog, row.part, part))
        ]
        found += [f"{part} in {row.network}" for row in holders if row.network and row.qty]
    return found


def _unknown(fabric: Fabric, known: tuple[str, ...], what: str) -> Problem:
    hint = nearest(what, known)
    if split := [link.name for link in fabric.links if what and link.base == what]:
        hint = f"its links have several media: {', '.join(split)}"
    part = what.partition(" in ")[0]
    if part in fabric.catalog.parts or part in fabric.catalog.media:
        counted = [name for name in known if name.startswith(f"{part} in ")]
        hint = (
            f"counted here: {', '.join(counted)}" if counted else "the catalog has it, nothing here uses it"
        )
    return Problem("E650", f'there is nothing to explain by the name "{what}" in {fabric.name}', hint=hint)
