"""Parts, bought or contained, and recipe lines: how many, why, and what they cost."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.explain.links import link_named, scenario
from topogen.explain.owned import sections_of
from topogen.explain.priced import cost_lines, counted, price_origins, price_steps
from topogen.explain.published import quoted_figures
from topogen.explain.steps import (
    Explanation,
    Section,
    Step,
    exact,
    percent,
    provenance,
    source_location,
    sum_equation,
    unique,
)
from topogen.takeoff.link_ends import sides_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from topogen.catalog.model import Catalog, Part
    from topogen.explain.steps import Origin
    from topogen.model.fabric import Fabric
    from topogen.takeoff.pools import Basis
    from topogen.takeoff.quantities import Quantity
    from topogen.takeoff.roll_up import RollUp

BASES = {
    "one_end": "one end of each link (a)",
    "nic_only": "no switch ends of scale-out",
    "one_end_nic_only": "one end, no switch ends",
}
"""Count bases beside "both ends, all tiers", which is what a quantity is."""


def explain_part(fabric: Fabric, rollup: RollUp, part_id: str, network: str = "") -> Explanation:
    """Return why there are so many of a part, bought or contained, perhaps in one network."""
    rows = [row for row in rollup.quantities if row.qty and network in ("", row.network)]
    bought = [row for row in rows if row.part == part_id]
    holding = [row for row in rows if row.part and held_in(fabric.catalog, row.part, part_id)]
    sections = sections_of(fabric, rollup.quantities, bought)
    inside = _inside(fabric, rollup.quantities, holding, part_id)
    everything = [*sections, *inside]
    total = sum((section.qty for section in everything), Fraction(0))
    name = f"{part_id} in {network}" if network else part_id
    price, equation = _price(fabric, part_id, bought)
    sums = sum_equation([section.qty for section in everything], total, part_id)
    steps = (
        *(step for section in everything for step in section.steps),
        *total_steps(fabric, everything, part_id),
        *_missing_steps(rollup, bought),
        *price,
        *quoted_figures(fabric, "parts", (name, part_id if not network else "")),
    )
    equations = [*(section.equation for section in everything), *([sums] if sums else []), equation]
    return Explanation(
        f"{name} in {fabric.name}{scenario(fabric)}: {exact(total)}",
        fabric.catalog.parts[part_id].description,
        steps,
        (f"{part_id}: {'; '.join(word for word in equations if word)}",),
        unique(
            (
                *(origin for section in everything for origin in section.sources),
                *price_origins(fabric, fabric.catalog.parts[part_id]),
            )
        ),
    )


def _missing_steps(rollup: RollUp, bought: Sequence[Quantity]) -> Iterator[Step]:
    """Yield what the recipe lines behind a part ask for and name no part for."""
    lines = {(row.medium, row.line) for row in bought if row.medium}
    for row in rollup.quantities:
        if row.part is None and (row.medium, row.line) in lines:
            yield Step(
                "missing", f"{exact(row.qty)} on {' and '.join(row.groups)}, not in this count: {row.gap}"
            )


def _price(fabric: Fabric, part_id: str, bought: Sequence[Quantity]) -> tuple[list[Step], str]:
    part = fabric.catalog.parts[part_id]
    lengths: Counter[int | None] = Counter()
    for row in bought:
        lengths[row.length_mm] += row.qty
    rows = sorted(lengths.items(), key=lambda item: item[0] or 0)
    each = price_steps(fabric, part, [mm for mm, _ in rows])
    if not bought:
        inside = Step("", "inside what is bought, whose price covers it: never added")
        return [Step("", "Price", "", 0), *each, inside], ""
    cost, equation = cost_lines(fabric, part, rows)
    if not counted(bought[0].cost_scope):
        never = Step("", f"cost scope {bought[0].cost_scope}: shown, never summed")
        return [Step("", "Price", "", 0), *each, never], ""
    return [Step(equation.rpartition(" = ")[2], "Price", "", 0), *each, *cost], equation


# Sums and count bases


def total_steps(fabric: Fabric, sections: Sequence[Section], what: str) -> Iterator[Step]:
    """Yield what sections come to together, and on which basis."""
    total = sum((section.qty for section in sections), Fraction(0))
    sums = sum_equation([section.qty for section in sections], total, what)
    if sums:
        yield Step(f"{exact(total)} {what}", "Together", "", 0)
        yield Step("sum", "", sums)
    elif any(section.bases for section in sections):
        yield Step("", "Count basis", "", 0)
    yield from basis_steps(sections, what)
    yield from _outside_steps(fabric, dict.fromkeys(name for section in sections for name in section.groups))


def basis_steps(sections: Iterable[Section], what: str) -> Iterator[Step]:
    """Yield what the count bases make of a count; the count itself is both ends, all tiers."""
    pairs = [pair for section in sections for pair in section.bases]
    if not pairs:
        return
    yield Step("basis", "counted: every end in the model, all tiers")
    same = [word for key, word in BASES.items() if all(getattr(basis, key) == 1 for _, basis in pairs)]
    for key, word in BASES.items():
        if word not in same:
            yield Step("", word, _basis_formula(pairs, key, what))
    if len(same) == len(BASES):
        yield Step("", "one end of each link, or no switch ends of scale-out, gives the same number")
    elif same:
        yield Step("", f"{', '.join(same)}: the same number")


def _basis_formula(pairs: Sequence[tuple[Fraction, Basis]], key: str, what: str) -> str:
    by_share: Counter[Fraction] = Counter()
    for qty, basis in pairs:
        by_share[getattr(basis, key)] += qty  # type: ignore[assignment]
    terms = [f"{exact(qty)} x {exact(share)}" for share, qty in by_share.items()]
    total = sum((qty * share for share, qty in by_share.items()), Fraction(0))
    return f"{' + '.join(terms)} = {exact(total)} {what}"


def _outside_steps(fabric: Fabric, names: Iterable[str]) -> Iterator[Step]:
    links = [link_named(fabric, name) for name in names]
    outside = [f'{link.name} ("{link.outside}")' for link in links if len(sides_of(link)) == 1]
    if outside:
        yield Step("", f"far ends outside the model, not counted: {', '.join(outside)}")


# What is inside what is bought


def _direct(part: Part) -> list[tuple[Fraction, str, str]]:
    """Return what a part is one of, by share, and what it holds, by count: number, its text, part id."""
    shares = [(share, percent(share), name) for name, share in part.alternates.items()]
    return shares + [(Fraction(count), exact(count), name) for name, count in part.contains.items()]


def held_in(catalog: Catalog, part_id: str, target: str) -> Fraction:
    """Return how many of a part one piece of another is or holds, alternates by their shares."""
    return sum(
        (
            number * (int(name == target) + held_in(catalog, name, target))
            for number, _, name in _direct(catalog.parts[part_id])
        ),
        Fraction(0),
    )


def factors(catalog: Catalog, part_id: str, target: str) -> Iterator[tuple[str, ...]]:
    """Yield each way from a part down to a content, as the factors by which it is multiplied."""
    for _, factor, name in _direct(catalog.parts[part_id]):
        if name == target:
            yield (f"{factor} {name}",)
        for rest in factors(catalog, name, target):
            yield (f"{factor} {name}", *rest)


def each_formula(catalog: Catalog, part_id: str, target: str) -> str:
    """Return how many of a content one piece holds: ``25% els8_maker x 8 uhp_laser + ...``."""
    return " + ".join(" x ".join(way) for way in factors(catalog, part_id, target))


def _inside(
    fabric: Fabric, everything: Sequence[Quantity], rows: Sequence[Quantity], target: str
) -> list[Section]:
    """Return the contents of each part that holds the target, after the count of that part."""
    found = []
    for holder in dict.fromkeys(row.part for row in rows if row.part):
        sections = sections_of(fabric, everything, [row for row in rows if row.part == holder])
        found.append(_held(fabric, sections, holder, target))
    return found


def _held(fabric: Fabric, sections: Sequence[Section], holder: str, target: str) -> Section:
    held = held_in(fabric.catalog, holder, target)
    bought = sum((section.qty for section in sections), Fraction(0))
    sums = sum_equation([section.qty for section in sections], bought, holder)
    each = f"{each_formula(fabric.catalog, holder, target)} = {exact(held)} {target}"
    formula = f"{exact(bought)} {holder} x {exact(held)} = {exact(bought * held)} {target}"
    steps = [step for section in sections for step in section.steps]
    steps.append(Step(f"{exact(bought * held)} {target}", f"Inside {holder}", "", 0))
    steps += [Step("sum", "", sums)] if sums else []
    steps += [Step("each", "", each), Step("inside", "", formula)]
    equation = "; ".join(
        word for word in (*(section.equation for section in sections), sums, formula) if word
    )
    origins = [origin for section in sections for origin in section.sources]
    groups = tuple(dict.fromkeys(name for section in sections for name in section.groups))
    return Section(
        tuple(steps),
        equation,
        bought * held,
        tuple((qty * held, basis) for section in sections for qty, basis in section.bases),
        unique((*origins, *_content_origins(fabric, holder, target))),
        groups,
    )


def _content_origins(fabric: Fabric, holder: str, target: str) -> Iterator[Origin]:
    part = fabric.catalog.parts[holder]
    if part.alternates:
        shares = ", ".join(f"{percent(share)} {name}" for name, share in part.alternates.items())
        yield provenance(fabric, part, "alternates", shares)
    for name, count in part.contains.items():
        if name == target or held_in(fabric.catalog, name, target):
            path = ("catalog", "parts", holder, "contains", name)
            yield source_location(fabric, path, f"{count} {name} in one {holder}")
    seen: set[str] = set()  # parts made like one another hold the same, written once
    for name in (*part.alternates, *part.contains):
        for origin in _content_origins(fabric, name, target):
            if origin.at not in seen:
                yield origin
            seen.add(origin.at)


# A line of the recipes


def line_sections(fabric: Fabric, rollup: RollUp, line: str) -> list[Section]:
    """Return how the parts of a recipe line come about, over all media."""
    rows = [row for row in rollup.quantities if row.line == line and row.medium and row.qty]
    return sections_of(fabric, rollup.quantities, rows)


def explain_line(fabric: Fabric, rollup: RollUp, line: str) -> Explanation:
    """Return why a recipe line asks for so many parts, over all media and networks."""
    sections = line_sections(fabric, rollup, line)
    total = sum((section.qty for section in sections), Fraction(0))
    rows = [row for row in rollup.quantities if row.line == line and row.medium and row.qty]
    parts = list(dict.fromkeys(row.part or "without a part" for row in rows))
    what = parts[0] if len(parts) == 1 else line
    sums = sum_equation([section.qty for section in sections], total, what)
    equation = "; ".join(word for word in (*(section.equation for section in sections), sums) if word)
    return Explanation(
        f'line "{line}" in {fabric.name}{scenario(fabric)}: {exact(total)}',
        f"parts: {', '.join(parts)}; a price is explained by the part's name",
        (
            *(step for section in sections for step in section.steps),
            *total_steps(fabric, sections, what),
        ),
        (f"{line}: {equation}",),
        unique(origin for section in sections for origin in section.sources),
    )
