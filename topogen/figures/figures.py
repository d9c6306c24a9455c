"""Figures of a fabric by key: one number for each, exact, with its range where prices and watts have one.

Expectations, published figures, claims and studies all ask here. `topogen.language.quantity` reads the keys.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.catalog.pricing import high, low, scaled
from topogen.errors import InputError, Problem
from topogen.figures import counts, money, structural
from topogen.figures.bounds import ratio_bound
from topogen.figures.no_figure import NoFigureError
from topogen.language.quantity import PIECES, parse_quantity
from topogen.model.fabric import n_gpu_dies, n_gpus
from topogen.model.select import SelectionError
from topogen.structure.domain import NoDomainError
from topogen.takeoff.roll_up import roll_up
from topogen.units import ReadError, Triple

if TYPE_CHECKING:
    from collections.abc import Callable

    from topogen.language.quantity import Ask, Term
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp


def figure(fabric: Fabric, rollup: RollUp, kind: str, key: str) -> Fraction:
    """Return the base value of a figure, of a kind such as ``links`` for a key such as ``hosts at r1``."""
    return figure_range(fabric, rollup, kind, key).base


def figure_range(fabric: Fabric, rollup: RollUp, kind: str, key: str) -> Triple:
    """Return a figure with its range; what has none is known exactly.

    Raises
    ------
    NoFigureError
        For a key that matches nothing in this fabric.
    """
    try:
        if kind == "ratio":
            return quantity(fabric, rollup, parse_quantity(key))
        found = FIGURES[kind](fabric, rollup, key)
    except SelectionError as error:
        raise NoFigureError(f"{error.message}; {error.hint}") from error
    except NoDomainError as error:
        raise NoFigureError(str(error)) from error
    return found if isinstance(found, Triple) else Triple(None, Fraction(found), None)


def quantity(fabric: Fabric, rollup: RollUp, asked: Ask) -> Triple:
    """Return a figure, or the ratio of two, with its range.

    The range of a ratio reaches from the lowest above the highest below to the highest above the lowest.
    """
    above = _term(fabric, rollup, asked.above)
    if asked.below is None:
        return above
    below = _term(fabric, rollup, asked.below)
    if not below.base:
        raise NoFigureError(f"{asked.below} is 0: no ratio")
    base = above.base / below.base
    if above.low is None and below.low is None:
        return Triple(None, base, None)
    most = high(above) / low(below) if low(below) else None
    return Triple(low(above) / high(below), base, most)


def _term(fabric: Fabric, rollup: RollUp, term: Term) -> Triple:
    rollup = _narrowed(fabric, rollup, term)
    found = figure_range(fabric, rollup, term.kind, term.key)
    if not term.per:
        return found
    count = UNITS[term.per](fabric, rollup)
    if not count:
        raise NoFigureError(f"nothing to divide by: no {term.per}")
    return scaled(found, 1 / Fraction(count))


def _narrowed(fabric: Fabric, rollup: RollUp, term: Term) -> RollUp:
    """Return the roll-up of what optical links take for a figure per optical link, else all of it."""
    return money.only_optical(fabric, rollup) if term.per == OPTICAL_LINK else rollup


def bound(fabric: Fabric, rollup: RollUp, kind: str, key: str) -> str:
    """Return which way a figure is open because a price or watts are not known.

    ``at_least``, ``at_most``, ``open`` for both, or nothing; the same for the ratio of two figures.
    """
    return (
        quantity_bound(fabric, rollup, parse_quantity(key))
        if kind == "ratio"
        else money.bound(fabric, rollup, kind, key)
    )


def quantity_bound(fabric: Fabric, rollup: RollUp, asked: Ask) -> str:
    """Return which way a figure, or the ratio of two, is open."""
    above, *below = (
        money.bound(fabric, _narrowed(fabric, rollup, term), term.kind, term.key) for term in asked.terms
    )
    return ratio_bound(above, below[0]) if below else above


def asked(fabric: Fabric, key: str, rollup: RollUp | None = None) -> Fraction:
    """Return the base value of a figure of a fabric, or of a ratio of two, exact.

    Parameters
    ----------
    key
        Such as ``links.compute/hosts``, ``hops.compute``, ``bisection.compute`` (Gb/s per direction),
        ``content.lumentum per gpu`` (USD) or ``lasers / devices.role gpu``.
    rollup
        The roll-up of the fabric, if there is one already.

    Raises
    ------
    InputError
        E655 for an unknown kind of figure, and for a key that matches nothing in this fabric.
    """
    return asked_range(fabric, key, rollup).base


def asked_range(fabric: Fabric, key: str, rollup: RollUp | None = None) -> Triple:
    """Return a figure as `asked` does, with its range."""
    wanted = read_quantity(key)
    try:
        return quantity(fabric, rollup or roll_up(fabric), wanted)
    except NoFigureError as error:
        raise InputError([Problem("E655", f"{key}: {error}")]) from error


def read_quantity(text: str) -> Ask:
    """Return what a key asks for.

    Raises
    ------
    InputError
        E655, E643 or E109 where there is no such figure.
    """
    try:
        return parse_quantity(text)
    except ReadError as error:
        raise InputError([Problem(error.code, error.message, hint=error.hint)]) from error


OPTICAL_LINK = "optical link"


def _optical_links(fabric: Fabric, _: RollUp) -> int:
    media = fabric.catalog.media
    return sum(
        group.count for group in fabric.links if group.media and media[group.media[0]].kind == "optical"
    )


def _count_of(kind: str, key: str) -> Callable[[Fabric, RollUp], Fraction]:
    return lambda fabric, rollup: figure(fabric, rollup, kind, key)


UNITS: dict[str, Callable[[Fabric, RollUp], int | Fraction | None]] = {
    "gpu": lambda fabric, _: n_gpus(fabric),
    "die": lambda fabric, _: n_gpu_dies(fabric),
    "engine": _count_of("engines", ""),
    "els": _count_of("els", ""),
    "rack": _count_of("racks", ""),
    "switch": _count_of("devices", "role switch"),
    "link": lambda fabric, _: fabric.n_links,
    OPTICAL_LINK: _optical_links,
}
"""What ``per`` divides by, by unit."""

FIGURES: dict[str, Callable[[Fabric, RollUp, str], int | Fraction | Triple]] = {
    "devices": counts.devices,
    "links": counts.links,
    "cables": counts.cables,
    "pairs": counts.pairs_of,
    "fibres": counts.fibres,
    "parts": money.parts,
    "free_ports": counts.free_ports,
    "oversubscription": structural.oversubscription,
    "hops": structural.most_hops,
    "bisection": structural.bisection_gbps,
    "racks": counts.racks,
    "power_w": money.power,
    "cost_usd": money.cost,
    "lasers": money.lasers,
    "procurement": money.vendor_sum("procurement", "vendor", "layer"),
    "content": money.vendor_sum("content", "vendor", "layer"),
    "layers": money.vendor_sum("content", "layer"),
    **{kind: money.pieces(kind) for kind in PIECES},
    "media": counts.media,
    "length": counts.length,
}
"""How each kind of figure is found; media and length keys are ``GROUP|MEDIUM``, ``GROUP|STATISTIC``."""
