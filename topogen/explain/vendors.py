"""Vendors: what a maker sells, and what it earns inside what others sell; two views, never added."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.catalog.earnings import MARGIN
from topogen.catalog.pricing import UNASSIGNED, candidates_text, unit_price
from topogen.explain.links import scenario
from topogen.explain.parts import each_formula, held_in
from topogen.explain.priced import end_of, line_term, price_origins
from topogen.explain.steps import Explanation, Step, exact, percent, source_location, unique, usd
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.catalog.model import Catalog, Part
    from topogen.explain.steps import Origin
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp, VendorRow

VIEWS = {
    "procurement": "what is ordered from it and paid to it",
    "content": "what it earns inside what is bought, its own contents taken off",
}


@dataclass(frozen=True)
class _View:
    """One view of a vendor: its steps, its sum, and the equation of the sum."""

    steps: tuple[Step, ...]
    equation: str
    total: Fraction


def explain_vendor(fabric: Fabric, rollup: RollUp, vendor: str) -> Explanation:
    """Return every part and view in which a vendor earns, adding up view by view."""
    views = {name: _view(fabric, rollup, vendor, name) for name in VIEWS}
    values = ", ".join(f"{name} {usd(view.total)}" for name, view in views.items())
    parts = dict.fromkeys(row.part for row in rollup.vendors if row.vendor == vendor)
    return Explanation(
        f"{vendor} in {fabric.name}{scenario(fabric)}: {values}",
        "interconnect and network devices; the two views show the same money and are never added",
        tuple(step for view in views.values() for step in view.steps),
        tuple(f"{vendor}, {name}: {view.equation}" for name, view in views.items() if view.equation),
        unique(origin for part in parts for origin in _origins(fabric, vendor, part)),
    )


def _view(fabric: Fabric, rollup: RollUp, vendor: str, name: str) -> _View:
    rows = [row for row in rollup.vendors if (row.view, row.vendor) == (name, vendor)]
    total = _sum(rows, "base")
    steps = [Step(usd(total), f"View {name}: {VIEWS[name]}", "", 0)]
    terms = []
    for row in rows:
        steps += _row_steps(fabric, rollup, row)
        terms.append(_term(rollup, row))
    if not rows:
        return _View((*steps, Step("", "nothing in this view")), "", total)
    equation = f"{' + '.join(terms)} = {usd(total)}"
    if len(terms) > 1:
        steps.append(Step("sum", "", _added_up(rows, "base")))
    for end in ("low", "high"):
        steps.append(Step(end, "", _added_up(rows, end)))
    return _View((*steps, *_per_piece(fabric, rollup, vendor, name, total)), equation, total)


def _added_up(rows: Sequence[VendorRow], end: str) -> str:
    values = [(row, end_of(row.value, end)) for row in rows if row.value]
    terms = [exact(value) for _, value in values]
    if len(terms) == 1:
        row, value = values[0]
        terms = [f"{exact(row.qty)} {row.part} x {usd(value / row.qty)}"]
    return f"{' + '.join(terms) or '0'} = {usd(_sum(rows, end))}"


def _sum(rows: Sequence[VendorRow], end: str) -> Fraction:
    return sum((end_of(row.value, end) for row in rows if row.value), Fraction(0))


def _term(rollup: RollUp, row: VendorRow) -> str:
    """Return what a row comes to as pieces x value, length by length where their prices differ."""
    if row.value is None:
        return "0"
    lines = [
        line
        for line in rollup.lines
        if line.part == row.part and line.cost_scope == row.cost_scope and line.unit
    ]
    if len(lines) > 1:
        share = row.qty / sum(line.qty for line in lines)
        return " + ".join(f"{line_term(line, share)} x {usd(line.unit.base)}" for line in lines if line.unit)
    return f"{exact(row.qty)} {row.part} x {usd(row.value.base / row.qty)}"


def _row_steps(fabric: Fabric, rollup: RollUp, row: VendorRow) -> Iterator[Step]:
    """Yield how many pieces a vendor is paid for, and what for each."""
    head = f"{row.part}, layer {row.layer or 'none'}, cost scope {row.cost_scope}"
    yield Step("part", head)
    yield from _count_steps(fabric, rollup, row)
    if row.value is None:
        yield Step("", "without a price: a gap")
        return
    part = fabric.catalog.parts[row.part]
    if row.vendor == UNASSIGNED and part.candidates:
        yield Step("", f"no maker published: {candidates_text(part)}")
    if row.view == "content":
        yield from _unit_steps(fabric.catalog, part, row)
    yield Step("", "", f"{_term(rollup, row)} = {usd(row.value.base)}")


def _count_steps(fabric: Fabric, rollup: RollUp, row: VendorRow) -> Iterator[Step]:
    """Yield the pieces of a row as bought pieces x what each holds x the vendor's share of making them."""
    bought: Counter[str] = Counter()
    for line in rollup.lines:
        if line.cost_scope == row.cost_scope and (row.view == "procurement" or line.unit):
            bought[line.part] += line.qty
    share = _share(fabric.catalog.parts[row.part], row)
    words = "" if share == 1 else f" x {percent(share)} made by {row.vendor}"
    total, terms = Fraction(0), []
    for holder, qty in bought.items():
        held = int(holder == row.part) + held_in(fabric.catalog, holder, row.part)
        if held:
            each = "" if holder == row.part else f" x ({each_formula(fabric.catalog, holder, row.part)})"
            terms.append(f"{exact(qty)} {holder}{each}{words}")
            total += qty * held * share
    if total == row.qty and (len(terms) > 1 or " x " in "".join(terms)):
        yield Step("", "", f"{' + '.join(terms)} = {exact(row.qty)} {row.part}")


def _share(part: Part, row: VendorRow) -> Fraction:
    if row.vendor in part.made_by:
        return part.made_by[row.vendor]
    missing = 1 - sum(part.made_by.values(), Fraction(0))
    return missing or Fraction(1)


def _unit_steps(catalog: Catalog, part: Part, row: VendorRow) -> Iterator[Step]:
    """Yield what a maker earns in one piece: its price less contents and margin."""
    price = unit_price(catalog, part.id).usd
    if price is None or row.value is None or part.alternates or part.price_per_m_usd is not None:
        return
    if row.layer == MARGIN and part.margin:
        yield Step(
            "",
            "margin of one",
            f"{usd(price.base)} x {percent(part.margin)} = {usd(row.value.base / row.qty)}",
        )
        return
    inner = [(count, unit_price(catalog, name).usd, name) for name, count in part.contains.items()]
    if part.margin or any(value for _, value, _ in inner):
        for end in ("base", "low", "high"):
            less = "".join(
                f" - {count} {name} x {usd(end_of(value, end))}" for count, value, name in inner if value
            )
            whole = usd(end_of(price, end))
            less += f" - {whole} x {percent(part.margin)} margin" if part.margin else ""
            words = "added in one" if end == "base" else end
            yield Step("", words, f"{whole}{less} = {usd(end_of(row.value, end) / row.qty)}")
    unpriced = ", ".join(name for _, value, name in inner if value is None)
    if unpriced:
        yield Step("", f"{unpriced} inside has no price: what is left is an upper bound")


def _per_piece(fabric: Fabric, rollup: RollUp, vendor: str, view: str, total: Fraction) -> Iterator[Step]:
    """Yield what a vendor earns in each ELS, the figure that analysts compare."""
    els = sum(row.qty for row in rollup.quantities if row.line == "els" and row.medium)
    parts = {row.part for row in rollup.quantities if row.line == "els" and row.part and row.medium}
    mine = {row.part for row in rollup.vendors if (row.view, row.vendor) == (view, vendor)}
    inside = {
        part for part in mine for holder in parts if holder == part or held_in(fabric.catalog, holder, part)
    }
    if els and view == "content" and mine and mine == inside:
        yield Step(
            "an ELS", "all of it is earned in ELS", f"{usd(total)} / {exact(els)} els = {usd(total / els)}"
        )


def _origins(fabric: Fabric, vendor: str, part_id: str) -> Iterator[Origin]:
    part = fabric.catalog.parts[part_id]
    if vendor in part.made_by:
        path = ("catalog", "parts", part_id, "made_by")
        yield source_location(fabric, path, f"{percent(part.made_by[vendor])} {vendor}")
    yield from price_origins(fabric, part)
