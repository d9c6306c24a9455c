"""Figures of parts, money and power, with their ranges."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.catalog.pricing import NOTHING, UNASSIGNED, contents, plus, unpriced_contents
from topogen.columns.count_basis import CountBasis
from topogen.errors import nearest
from topogen.figures.bounds import KNOWN, open_to
from topogen.figures.entries import entries
from topogen.figures.no_figure import NoFigureError
from topogen.language.quantity import BASIS_WORDS, NETWORKS, split_narrowing
from topogen.takeoff.bill import COST_SCOPES, COUNTED
from topogen.takeoff.count_bases import share
from topogen.takeoff.gaps import is_lower_bound, unpriced_inside
from topogen.takeoff.power import watts_of
from topogen.takeoff.roll_up import value
from topogen.takeoff.take_off import SHARED, network_share

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from topogen.model.fabric import Fabric
    from topogen.takeoff.quantities import Quantity
    from topogen.takeoff.roll_up import RollUp
    from topogen.units import Triple

COST_KEYS = (*COST_SCOPES, *NETWORKS, SHARED)
POWER_KEYS = ("total", *COST_SCOPES, *NETWORKS)


def parts(fabric: Fabric, rollup: RollUp, key: str) -> Fraction:
    """Return how many of a part are bought or contained, of one network or scope where the key says so."""
    part, network = split_narrowing(key)
    if part not in fabric.catalog.parts:
        raise NoFigureError(f'no part "{part}"; {nearest(part, fabric.catalog.parts)}')
    rows = [
        row
        for row in rollup.quantities
        if row.part and network in ("", row.cost_scope, *row.network.split("+"))
    ]
    return sum((_of_part(fabric, row, part) for row in rows), Fraction(0))


def _of_part(fabric: Fabric, row: Quantity, part: str) -> Fraction:
    inside = contents(fabric.catalog, row.part or "").get(part, Fraction(0))
    return row.qty * (inside + int(row.part == part))


def cost(fabric: Fabric, rollup: RollUp, key: str) -> Triple:
    """Return the cost of what is summed, or of a scope, network or link group.

    Hosts are counted only if asked for. A scope may be narrowed to a network or link group.
    """
    key, rollup = _narrowed_scope(fabric, rollup, key)
    is_group = _refuse_unknown(fabric, key, COST_KEYS)
    scopes = (key,) if key in COST_SCOPES else COUNTED
    total = NOTHING
    for line in rollup.lines:
        if line.cost_scope not in scopes or line.unit is None:
            continue
        rows = [
            row
            for row in line.quantities
            if key in ("", *scopes) or key == network_share(row) or (is_group and _is_of(row, key))
        ]
        total = plus(total, line.unit, Fraction(sum(row.qty for row in rows)))
    return total


def power(fabric: Fabric, rollup: RollUp, key: str) -> Triple:
    """Return the power of the interconnect, of another cost scope, of all of them, or of a network or group.

    That of a network or link group is the power of its interconnect. A scope may be narrowed to a network
    or link group.
    """
    key, rollup = _narrowed_scope(fabric, rollup, key)
    is_group = _refuse_unknown(fabric, key, POWER_KEYS)
    if key == "total":
        return rollup.totals.total_power.watts
    scope = key if key in COST_SCOPES else "interconnect"
    rows = [
        row
        for row in rollup.quantities
        if row.cost_scope == scope and (key in ("", scope, row.network) or (is_group and _is_of(row, key)))
    ]
    return watts_of(fabric.catalog, rows)


def _narrowed_scope(fabric: Fabric, rollup: RollUp, key: str) -> tuple[str, RollUp]:
    """Return the scope of a key and the roll-up of what it is narrowed to; other keys as they are."""
    scope, where = split_narrowing(key)
    if not where:
        return key, rollup
    if scope not in COST_SCOPES:
        message = f'"{scope}" cannot be narrowed to "{where}"'
        raise NoFigureError(f"{message}; narrow one of {', '.join(COST_SCOPES)}")
    return scope, narrowed(fabric, rollup, where)


def _refuse_unknown(fabric: Fabric, key: str, known: Sequence[str]) -> bool:
    """Return whether a key is a link group; it must be one, or a key of ``known``."""
    if not key or key in known:
        return False
    groups = [group.name for group in fabric.links]
    if key not in groups:
        message = f'"{key}" is not a scope, network or link group'
        raise NoFigureError(f"{message}; {nearest(key, [*known, *groups])}")
    return True


def bound(fabric: Fabric, rollup: RollUp, kind: str, key: str) -> str:
    """Return which way a figure of money or power is open, because a price or watts are not known."""
    if kind in ("power_w", "cost_usd"):
        return open_to(more=_lacks_some(fabric, rollup, kind, key), less=False)
    if kind not in ("procurement", "content", "layers"):
        return KNOWN
    name, _ = split_narrowing(key)
    unpaid = any(gap.partial and _earns_from(fabric, gap.part, name) for gap in rollup.gaps)
    if kind == "procurement":
        return open_to(more=unpaid, less=False)
    earns_more = any(_is_of_name(fabric, part, name) for part in _unpriced_contents(fabric, rollup))
    return open_to(more=unpaid or earns_more, less=_holds_unpriced(fabric, rollup, name))


def _lacks_some(fabric: Fabric, rollup: RollUp, kind: str, key: str) -> bool:
    """Return whether a sum of money or power lacks something; a network without links lacks nothing."""
    key, where = split_narrowing(key)
    if {key, where} & (set(NETWORKS) - {group.network for group in fabric.links}):
        return False
    if kind == "cost_usd":
        scopes = [key] if key in COST_SCOPES else list(COUNTED)
        return any(is_lower_bound(rollup.gaps, scope) for scope in scopes)
    if key == "total":
        return bool(rollup.totals.total_power.unknown)
    scope = key if key in COST_SCOPES else "interconnect"
    return any(one.unknown for one in rollup.totals.power if one.cost_scope == scope)


def _unpriced_contents(fabric: Fabric, rollup: RollUp) -> Iterator[str]:
    """Yield the parts without a price inside those that have one."""
    for line in rollup.lines:
        if line.cost_scope == "interconnect" and line.unit is not None:
            yield from unpriced_inside(fabric.catalog, line.part)


def _holds_unpriced(fabric: Fabric, rollup: RollUp, name: str) -> bool:
    """Return whether what a vendor or layer earns still includes contents without a price."""
    return any(
        name in (row.vendor, row.layer) and bool(unpriced_contents(fabric.catalog, row.part))
        for row in rollup.vendors
        if row.view == "content" and row.cost_scope == "interconnect" and row.value
    )


def _earns_from(fabric: Fabric, part: str, name: str) -> bool:
    """Return whether a vendor or layer would have a part of a price that is missing.

    A part that is not known goes to no vendor, and may be of any layer.
    """
    known = fabric.catalog.parts
    if name == UNASSIGNED or not part:
        return name == UNASSIGNED or any(one.layer == name for one in known.values())
    inside = [part, *contents(fabric.catalog, part)]
    inside += [other for one in inside for other in known[one].alternates]
    return any(_is_of_name(fabric, one, name) for one in inside)


def _is_of_name(fabric: Fabric, part: str, name: str) -> bool:
    """Return whether a part is of a layer, or made by a vendor, or by nobody who is known."""
    found = fabric.catalog.parts[part]
    nobody = name == UNASSIGNED and sum(found.made_by.values(), Fraction(0)) < 1
    return nobody or name == found.layer or name in found.made_by


def lasers(fabric: Fabric, rollup: RollUp, key: str) -> Fraction:
    """Return the laser chips, all or of one part, of one network or link group where the key says so."""
    part, where = split_narrowing(f" {key}")
    part = part.strip()
    kinds = narrowed(fabric, rollup, where).totals.lasers_by_kind
    known = rollup.totals.lasers_by_kind
    if part in known or not part:
        return kinds.get(part, Fraction(0)) if part else sum(kinds.values(), Fraction(0))
    if where or part not in (*NETWORKS, *(group.name for group in fabric.links)):
        raise NoFigureError(f'no lasers "{part}"; {nearest(part, known)}')
    return narrowed(fabric, rollup, part).totals.lasers


def narrowed(fabric: Fabric, rollup: RollUp, where: str) -> RollUp:
    """Return the roll-up of what one network or link group alone takes, or all of it."""
    if not where:
        return rollup
    is_group = _refuse_unknown(fabric, where, (*NETWORKS, SHARED))
    rows = [
        row for row in rollup.quantities if (_is_of(row, where) if is_group else where == network_share(row))
    ]
    return value(fabric, tuple(rows))


def _is_of(row: Quantity, group: str) -> bool:
    """Return whether a quantity is that of one link group; it must not be shared with another."""
    if group in row.groups and len(row.groups) > 1 and row.cost_scope == "interconnect":
        others = ", ".join(one for one in row.groups if one != group)
        message = f'"{group}" shares {row.part or row.line} with {others}'
        raise NoFigureError(f"{message}; ask for the network")
    return row.groups == (group,)


def only_optical(fabric: Fabric, rollup: RollUp) -> RollUp:
    """Return the roll-up of what optical links take."""
    media = fabric.catalog.media
    rows = [row for row in rollup.quantities if row.medium in media and media[row.medium].kind == "optical"]
    return value(fabric, tuple(rows))


def vendor_sum(view: str, *fields: str) -> Callable[[Fabric, RollUp, str], Triple]:
    """Return the figure of what vendors, or layers, have of the interconnect in a view."""

    def found(fabric: Fabric, rollup: RollUp, key: str) -> Triple:
        name, where = split_narrowing(key)
        known = [row for row in rollup.vendors if row.view == view and row.cost_scope == "interconnect"]
        names = {field: sorted({getattr(row, field) for row in known} - {""}) for field in fields}
        field = next((field for field in fields if name in names[field]), None)
        if field is None:
            what, all_names = " or ".join(fields), [one for some in names.values() for one in some]
            raise NoFigureError(f'no {what} "{name}" in the {view} view; {nearest(name, all_names)}')
        total = NOTHING
        for row in narrowed(fabric, rollup, where).vendors:
            if (row.view, row.cost_scope, getattr(row, field)) == (view, "interconnect", name) and row.value:
                total = plus(total, row.value)
        return total

    return found


def pieces(metric: str) -> Callable[[Fabric, RollUp, str], Fraction]:
    """Return the figure of a metric of the entries, on the count basis that the key states."""

    def found(fabric: Fabric, rollup: RollUp, key: str) -> Fraction:
        words = key.split()
        basis = CountBasis(
            "one" if "one_end" in words else "both",
            "nic_only" if "nic_only" in words else "all_tiers",
            "total",
        )
        where = next((word for word in words if word not in BASIS_WORDS), "")
        is_group = _refuse_unknown(fabric, where, NETWORKS)
        total = Fraction(0)
        for one in entries(fabric, rollup):
            here = not where or where in (one.groups if is_group else one.network.split("+"))
            if one.metric == metric and here:
                total += one.value.base * share(one.basis, basis)
        return total

    return found
