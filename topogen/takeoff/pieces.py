"""Pieces of each part that a fabric takes, contained pieces included, and the pieces to make for them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.catalog.pricing import contents
from topogen.errors import InputError, Problem, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from topogen.model.fabric import Fabric
    from topogen.takeoff.quantities import Quantity
    from topogen.takeoff.roll_up import RollUp


def pieces_of(
    fabric: Fabric, rollup: RollUp, network: str = "", far_ends: Sequence[str] = ()
) -> dict[str, Fraction]:
    """Return the pieces of each part of the interconnect, bought or contained at any depth.

    Parameters
    ----------
    network
        Count only what links of this network take; what serves several networks counts in each.
    far_ends
        External link groups whose other end, outside the model, is counted too: it takes what this end takes.

    Raises
    ------
    InputError
        E663 for a network or link group that the fabric does not have.
    """
    _refuse_unknown_links(fabric, network, far_ends)
    found: dict[str, Fraction] = {}
    for row in rollup.quantities:
        if row.part and row.cost_scope == "interconnect" and network in ("", *row.network.split("+")):
            count = row.qty * _ends_counted(row, far_ends)
            for part, each in {row.part: Fraction(1), **contents(fabric.catalog, row.part)}.items():
                found[part] = found.get(part, Fraction(0)) + count * each
    return {part: pieces for part, pieces in found.items() if pieces}


def _ends_counted(row: Quantity, far_ends: Sequence[str]) -> int:
    """Return how many ends the pieces of a row are counted for; cables belong to both ends already."""
    if row.per not in ("end", "pool") or not set(row.groups) & set(far_ends):
        return 1
    others = [name for name in row.groups if name not in far_ends]
    if others:
        message = f'"{row.part}" serves {", ".join(row.groups)} together, so the far end of some is not known'
        hint = f"leave out {', '.join(far_ends)}, or put the far end into the file"
        raise InputError([Problem("E663", message, hint=hint)])
    return 2


def _refuse_unknown_links(fabric: Fabric, network: str, far_ends: Sequence[str]) -> None:
    problems = []
    networks = list(dict.fromkeys(group.network for group in fabric.links))
    if network and network not in networks:
        message = f'no links of the network "{network}"'
        problems.append(Problem("E663", message, hint=nearest(network, networks)))
    external = [group.name for group in fabric.links if not group.has_b]
    for name in far_ends:
        if name not in external:
            message = f'no external link group "{name}": only external links have a far end outside the model'
            hint = nearest(name, external) if external else "leave it out: this fabric has no external links"
            problems.append(Problem("E663", message, hint=hint))
    if problems:
        raise InputError(problems)


def made_for_one(part: str, yields: Mapping[str, Fraction], spares: Mapping[str, Fraction]) -> Fraction:
    """Return the pieces to make for each one fitted."""
    return (1 + spares.get(part, Fraction(0))) / yields.get(part, Fraction(1))


def refuse_unknown_parts(given: Mapping[str, object], known: Sequence[str]) -> None:
    """Raise E658 for parts that are not known."""
    problems = [
        Problem("E658", f'the interconnect has no part "{part}"', hint=nearest(part, known))
        for part in given
        if part not in known
    ]
    if problems:
        raise InputError(problems)
