"""``bom_indented.csv``: project, network, rack, tray, device, part, content; quantities multiply down."""

from __future__ import annotations

from collections import Counter
from dataclasses import field
from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.catalog.pricing import unit_price
from topogen.columns.cells import csv_text
from topogen.columns.parts import BOM_INDENTED
from topogen.export.cells.hosts import Hosts
from topogen.export.cells.part_cells import identity, is_counted, price_basis, price_provenance
from topogen.export.options import DEFAULT
from topogen.records import dataclass
from topogen.units import format_count, to_metres

if TYPE_CHECKING:
    from topogen.columns.cells import Row
    from topogen.export.cells.hosts import Key
    from topogen.export.options import Options
    from topogen.model.fabric import Fabric
    from topogen.takeoff.pools import DemandClass
    from topogen.takeoff.quantities import Quantity
    from topogen.takeoff.roll_up import RollUp

UNLINKED = "unlinked"
"""Stands for the network of devices that no link of the file ends at."""


@dataclass
class _HostPart:
    """One part that a host holds: what asks for it, and how many in which places."""

    quantity: Quantity
    qty: int = 0
    classes: list[DemandClass] = field(default_factory=list)


@dataclass
class _Node:
    """A network, place or device: what it is bought as, the parts it holds, what stands in it."""

    key: Key
    own: list[Quantity] = field(default_factory=list)
    parts: dict[tuple[object, ...], _HostPart] = field(default_factory=dict)
    inside: dict[str, _Node] = field(default_factory=dict)


def to_bom_indented(fabric: Fabric, rollup: RollUp, _: Options = DEFAULT) -> str:
    """Return the indented BOM as CSV; a plain sum over `extended_cost` is that of the flat BOM."""
    return csv_text(BOM_INDENTED, bom_indented_rows(fabric, rollup))


def bom_indented_rows(fabric: Fabric, rollup: RollUp) -> list[Row]:
    """Return the rows in depth-first order; columns `BOM_INDENTED`."""
    hosts = Hosts(fabric)
    networks: dict[str, _Node] = {}
    for one in rollup.quantities:
        if one.qty:
            _hang(networks.setdefault(one.network or UNLINKED, _Node(())), hosts, one)
    writer = _Writer(fabric, hosts)
    top = writer.add(None, 1, {"description": fabric.spec.title or fabric.name, "category": "project"})
    for name, node in networks.items():
        row = writer.add(
            top, 1, {"description": name, "category": "network", "network": name, "where_used": name}
        )
        writer.add_inside(row, node)
    return writer.rows


def _hang(network: _Node, hosts: Hosts, one: Quantity) -> None:
    """Hang a quantity where its pieces are: at the host itself if the host is bought as it."""
    places = sum(kind.scopes for kind in one.classes)
    for kind in one.classes:
        node = _node_at(network, hosts.find(kind.host, one))
        if one.line == "device" and not one.groups:
            node.own.append(one)
            continue
        key = (one.line, one.part, one.length_mm, one.medium, one.groups)
        held = node.parts.setdefault(key, _HostPart(one))
        held.qty += kind.scopes * kind.pieces + one.spare * kind.scopes // places
        held.classes.append(kind)


def _node_at(network: _Node, key: Key) -> _Node:
    node = network
    for depth, name in enumerate(key, start=1):
        node = node.inside.setdefault(name, _Node(key[:depth]))
    return node


class _Writer:
    """Rows so far; each knows its level, its parent and its place among the parent's rows."""

    def __init__(self, fabric: Fabric, hosts: Hosts) -> None:
        self.fabric, self.hosts = fabric, hosts
        self.rows: list[Row] = []
        self.siblings: Counter[object] = Counter()

    def add(self, parent: Row | None, qty: Fraction | int, cells: Row, each: Fraction | None = None) -> Row:
        """Add a row of ``qty`` pieces in all; ``each`` in a piece of the parent if it need not be whole."""
        above = parent["line_id"] if parent else None
        inherited = {key: parent.get(key) for key in ("network", "where_used")} if parent else {}
        self.siblings[above] += 1
        row: Row = {
            "level": 1 + int(parent["level"] or 0) if parent else 1,
            "line_id": len(self.rows) + 1,
            "parent_line_id": above,
            "find_no": self.siblings[above],
            "qty_per_parent": each or _each(qty, parent),
            "qty_extended": qty,
            "uom": "each",
            "currency": "USD",
        }
        self.rows.append(inherited | row | cells)
        return self.rows[-1]

    def add_inside(self, row: Row, node: _Node) -> None:
        """Add what a network, place or device holds: its parts first, then what stands in it."""
        for held in node.parts.values():
            self._add_part(row, node, held)
        for inner in node.inside.values():
            self.add_inside(self._add_host(row, inner), inner)

    def _add_host(self, parent: Row, node: _Node) -> Row:
        """Add a place or device, with the part it is bought as."""
        count = self.hosts.counts[node.key]
        cells: Row = {
            "description": node.key[-1],
            "category": self.hosts.kind(node.key),
            "where_used": f"{parent['where_used']}/{node.key[-1]}",
        }
        own = node.own[0] if node.own else None
        qty = sum(one.qty for one in node.own) if own and own.part else count
        if _each(qty, parent) is None:
            cells["notes"] = f"{format_count(qty)} in all, not as many in each"
        if own is None or own.part is None:
            return self.add(parent, qty, cells)
        row = self.add(parent, qty, cells | self._part_cells(own, qty))
        self._add_contents(row, own.part, qty)
        return row

    def _add_part(self, parent: Row, node: _Node, held: _HostPart) -> None:
        one = held.quantity
        why = _uneven(held, int(parent["qty_extended"] or 0), node.key)
        notes = [text for text in (one.gap, why) if text]
        cells: Row = {"category": one.line}
        row = self.add(parent, held.qty, cells | self._part_cells(one, held.qty))
        if why:
            row["qty_per_parent"] = None
        row["notes"] = "; ".join(notes)
        if one.part:
            self._add_contents(row, one.part, held.qty)

    def _part_cells(self, one: Quantity, qty: int) -> Row:
        cells: Row = {
            "cost_scope": one.cost_scope,
            "link_group": "+".join(one.groups),
            "medium": one.medium,
            "per": one.per,
            "length_m": None if one.length_mm is None else to_metres(one.length_mm),
        }
        if one.part is None:
            return cells
        cells |= self._identity_and_price(one.part, one.length_mm)
        unit = cells["unit_cost"]
        if isinstance(unit, Fraction) and is_counted(one.cost_scope):
            cells["extended_cost"] = unit * qty
        return cells

    def _identity_and_price(self, name: str, length_mm: int | None) -> Row:
        part = self.fabric.catalog.parts[name]
        unit = unit_price(self.fabric.catalog, name, length_mm).usd
        said = price_provenance(self.fabric.catalog, part, unit)
        price: Row = {
            "unit_cost": unit.base if unit else None,
            "price_basis": price_basis(part, unit),
            "price_date": said.as_of,
            "confidence": said.confidence,
        }
        return identity(part, length_mm) | price

    def _add_contents(self, parent: Row, name: str, qty: Fraction | int) -> None:
        """Add what is inside a part; alternates are inside by their shares."""
        part = self.fabric.catalog.parts[name]
        inside = {inner: Fraction(count) for inner, count in part.contains.items()} | dict(part.alternates)
        for inner, each in inside.items():
            cells: Row = {"category": parent["category"], "per": "content", "medium": parent.get("medium")}
            cells |= self._identity_and_price(inner, None)
            unit = cells["unit_cost"]
            cells["content_value"] = unit * qty * each if isinstance(unit, Fraction) else None
            row = self.add(parent, qty * each, cells, each)
            self._add_contents(row, inner, qty * each)


def _each(qty: Fraction | int, parent: Row | None) -> int | None:
    """Return the pieces in each piece of the parent, None where they do not divide evenly."""
    above = parent["qty_extended"] if parent else 1
    each = Fraction(qty) / Fraction(above or 1)
    return each.numerator if each.denominator == 1 else None


def _uneven(held: _HostPart, count: int, key: Key) -> str:
    """Return why a part has no quantity per parent, nothing if each of ``count`` hosts has as many."""
    if not key:
        return ""
    places = sum(kind.scopes for kind in held.classes)
    alike = len({kind.pieces for kind in held.classes}) == 1 and places == count
    if held.quantity.per == "pool" and not alike:
        shares = ", ".join(f"{kind.pieces} in {format_count(kind.scopes)}" for kind in held.classes)
        return f"not as many in each of {format_count(count)} {key[-1]}: {shares}"
    if held.qty % count:
        return f"{format_count(held.qty)} over {format_count(count)} {key[-1]}: not as many in each"
    return ""
