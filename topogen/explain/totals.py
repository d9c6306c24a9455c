"""The figures that a summary opens with, each as a sum over what it is made of."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.explain.links import (
    fibre_formula,
    link_origins,
    link_section,
    pair_count_formula,
    scenario,
)
from topogen.explain.parts import explain_part, line_sections, total_steps
from topogen.explain.priced import end_of, line_term, price_origins
from topogen.explain.steps import (
    Explanation,
    Section,
    Step,
    count_of,
    exact,
    provenance,
    spread,
    sum_equation,
    unique,
)
from topogen.explain.trees import NamedGroups, device_section, group_steps, group_term
from topogen.media.medium import links_fibres, links_pairs
from topogen.takeoff.power import POWERED, total_power

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from topogen.explain.steps import Origin
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup
    from topogen.takeoff.bill import BomLine
    from topogen.takeoff.roll_up import RollUp
    from topogen.units import Triple

ENDS = ("low", "base", "high")


def explain_total(fabric: Fabric, rollup: RollUp, name: str) -> Explanation:
    """Return why a figure of the summary is what it is."""
    return TOTALS[name](fabric, rollup, name)


def _titled(fabric: Fabric, name: str, value: str) -> str:
    return f"{name} in {fabric.name}{scenario(fabric)}: {value}"


# Links, their strands and pairs, GPUs


def _links(fabric: Fabric, rollup: RollUp, name: str) -> Explanation:
    sections = [link_section(fabric, link) for link in fabric.links]
    total = Fraction(rollup.totals.links)
    return _summed(fabric, name, sections, total, "link groups, each explained by its own name")


def _summed(
    fabric: Fabric, name: str, sections: Sequence[Section], total: Fraction, about: str
) -> Explanation:
    sums = sum_equation([section.qty for section in sections], total, name)
    equations = "; ".join(word for word in (*(section.equation for section in sections), sums) if word)
    return Explanation(
        _titled(fabric, name, exact(total)),
        about,
        (
            *(step for section in sections for step in section.steps),
            *([Step(f"{exact(total)} {name}", "Together", "", 0), Step("sum", "", sums)] if sums else []),
        ),
        (f"{name}: {equations or '0, none here'}",),
        unique(origin for section in sections for origin in section.sources),
    )


def _strands(
    count: Callable[[Fabric, LinkGroup], int | None], formula: Callable[[Fabric, LinkGroup], str]
) -> Callable[[Fabric, RollUp, str], Explanation]:
    """Return the explanation of a figure that is so much for each link of some groups."""

    def explained(fabric: Fabric, _: RollUp, name: str) -> Explanation:
        sections, without = [], []
        for link in fabric.links:
            if words := formula(fabric, link):
                qty = Fraction(count(fabric, link) or 0)
                head = Step(f"{exact(qty)} {name}", f"{link.name}, {_kind(fabric, link)}", "", 0)
                inner = link_section(fabric, link)
                steps = (
                    head,
                    *(step for step in inner.steps if step.label == "links"),
                    Step(name, "", words),
                )
                sections.append(Section(steps, words, qty, (), link_origins(fabric, link)))
            else:
                without.append(link.name)
        total = sum((section.qty for section in sections), Fraction(0))
        about = f"none on {', '.join(without)}: other media, or lanes not known" if without else ""
        return _summed(fabric, name, sections, total, about)

    return explained


def _kind(fabric: Fabric, link: LinkGroup) -> str:
    return (
        f"medium {link.media[0]}, {fabric.catalog.media[link.media[0]].kind}" if link.media else "no medium"
    )


def _gpus(fabric: Fabric, _: RollUp, name: str) -> Explanation:
    sections = []
    for group in fabric.groups:
        if group.type.role == "gpu":
            head = Step(f"{exact(group.count)} {group.label}", "packages of role gpu", "", 0)
            steps = (head, *group_steps(fabric, group))
            equation = f"{group_term(group)} = {exact(group.count)} {group.label}"
            origins = device_section(fabric, NamedGroups((group,), ()), group.label).sources
            sections.append(Section(steps, equation, Fraction(group.count), (), origins))
    total = sum((section.qty for section in sections), Fraction(0))
    return _summed(fabric, name, sections, total, "GPU packages; dies are another basis")


# Recipe lines


def _lines(line: str, *, active: bool = False) -> Callable[[Fabric, RollUp, str], Explanation]:
    """Return the explanation of all parts of a recipe line, with or without what is fitted as spare."""

    def explained(fabric: Fabric, rollup: RollUp, name: str) -> Explanation:
        sections = line_sections(fabric, rollup, line)
        if not sections:
            return _nothing(fabric, name, f'no medium in use has a recipe line "{line}"')
        fitted = sum((section.qty for section in sections), Fraction(0))
        spare = sum(row.spare for row in rollup.quantities if row.line == line and row.medium)
        sums = sum_equation([section.qty for section in sections], fitted, name)
        tail = f"{exact(fitted)} fitted - {exact(spare)} spare = {exact(fitted - spare)} {name}"
        head = Step(f"{exact(fitted - spare)} {name}", "Without spares", "", 0)
        extra = [head, Step("active", "", tail)] if active else []
        equations = [*(section.equation for section in sections), sums, tail if active else ""]
        return Explanation(
            _titled(fabric, name, exact(fitted - spare if active else fitted)),
            f'parts of the recipe lines named "{line}"',
            (
                *(step for section in sections for step in section.steps),
                *total_steps(fabric, sections, name),
                *extra,
            ),
            (f"{name}: {'; '.join(word for word in equations if word)}",),
            unique(origin for section in sections for origin in section.sources),
        )

    return explained


def _nothing(fabric: Fabric, name: str, why: str) -> Explanation:
    return Explanation(_titled(fabric, name, "0"), why, (), (f"{name}: 0, {why}",), ())


def _lasers(fabric: Fabric, rollup: RollUp, name: str) -> Explanation:
    """Return the explanation of the lasers of each kind."""
    kinds = rollup.totals.lasers_by_kind
    if not kinds:
        return _nothing(fabric, name, "no part of the interconnect contains a part of layer laser_chip")
    found = [explain_part(fabric, rollup, chip) for chip in kinds]
    if len(found) == 1:
        return found[0]
    terms = " + ".join(f"{exact(count)} {chip}" for chip, count in kinds.items())
    total = f"{terms} = {exact(rollup.totals.lasers)} lasers"
    head = Step(f"{exact(rollup.totals.lasers)} lasers", "All kinds", "", 0)
    return Explanation(
        _titled(fabric, name, exact(rollup.totals.lasers)),
        "laser chips in ELS, engines and modules",
        (*(step for one in found for step in one.steps), head, Step("sum", "", total)),
        (*(equation for one in found for equation in one.equations), f"{name}: {total}"),
        unique(origin for one in found for origin in one.sources),
    )


# Money and watts


def _money(cost_scope: str) -> Callable[[Fabric, RollUp, str], Explanation]:
    """Return the explanation of the cost of a scope."""

    def explained(fabric: Fabric, rollup: RollUp, name: str) -> Explanation:
        lines = [line for line in rollup.lines if line.cost_scope == cost_scope]
        rows = [(line, line.unit) for line in lines if line.unit is not None]
        about = (
            f"cost scope {cost_scope}: quantity x price of every part that has one; hosts are never summed"
        )
        found = _valued(fabric, name, rows, ("USD", about))
        return _with_gaps(rollup, lines, found)

    return explained


def _power(cost_scopes: Sequence[str]) -> Callable[[Fabric, RollUp, str], Explanation]:
    """Return the explanation of the power of some scopes."""

    def explained(fabric: Fabric, rollup: RollUp, name: str) -> Explanation:
        lines = [_active(line) for line in rollup.lines if line.cost_scope in cost_scopes]
        watts = [(line, fabric.catalog.parts[line.part].power_w) for line in lines]
        rows = [
            (line, value) for line, value in watts if value is not None and max(value.base, value.high or 0)
        ]
        about = (
            f"cost scope {', '.join(cost_scopes)}: pieces in use x watts of every part whose power is known"
        )
        found = _valued(fabric, name, rows, ("W", about))
        passive = dict.fromkeys(line.part for line, value in watts if value and (line, value) not in rows)
        unknown = total_power(rollup.totals.power, cost_scopes).unknown
        extra = [Step("passive", f"{', '.join(passive)}: no watts")] if passive else []
        extra += [Step("gaps", f"no watts known for {', '.join(unknown)}: left out")] if unknown else []
        return Explanation(found.title, found.about, (*found.steps, *extra), found.equations, found.sources)

    return explained


def _active(line: BomLine) -> BomLine:
    """Return a line without spares: they draw no power."""
    return replace(line, qty=sum(row.qty_active for row in line.quantities))


def _valued(
    fabric: Fabric, name: str, rows: Sequence[tuple[BomLine, Triple]], words: tuple[str, str]
) -> Explanation:
    unit, about = words
    sums = {end: [line.qty * end_of(value, end) for line, value in rows] for end in ENDS}
    total = {end: sum(sums[end], Fraction(0)) for end in ENDS}
    key = "price_usd" if unit == "USD" else "power_w"
    equations = [f"{line_term(line)} x {exact(value.base)} {unit}" for line, value in rows]
    ends = {
        end: " + ".join(f"{exact(line.qty)} x {exact(end_of(value, end))}" for line, value in rows) or "0"
        for end in ENDS
    }
    steps = [
        Step(f"{exact(total['base'])} {unit}", f"Quantity x {'price' if unit == 'USD' else 'watts'}", "", 0),
        *_table(rows, unit),
        *([Step("sum", "", one)] if (one := sum_equation(sums["base"], total["base"], unit)) else []),
        *(Step(end, "", f"{ends[end]} = {exact(total[end])} {unit}") for end in ("low", "high")),
        *_trust(fabric, rows, key, unit),
    ]
    whole = f"{' + '.join(equations) or '0'} = {exact(total['base'])} {unit}"
    low, high = exact(total["low"]), exact(total["high"])
    title = f"{exact(total['base'])} {unit} ({low} to {high})"
    origins = unique(origin for line, _ in rows for origin in _value_origins(fabric, line.part, key))
    return Explanation(_titled(fabric, name, title), about, tuple(steps), (f"{name}: {whole}",), origins)


def _table(rows: Sequence[tuple[BomLine, Triple]], unit: str) -> Iterator[Step]:
    """Yield one line a part, numbers below numbers."""
    cells = [
        (exact(line.qty), line_term(line).partition(" ")[2], exact(value.base), exact(line.qty * value.base))
        for line, value in rows
    ]
    wide = [max((len(cell[column]) for cell in cells), default=0) for column in range(4)]
    label = "parts"
    for qty, part, each, product in cells:
        left = f"{qty.rjust(wide[0])} {part.ljust(wide[1])} x {each.rjust(wide[2])} {unit}"
        yield Step(label, "", f"{left} = {product.rjust(wide[3])} {unit}")
        label = ""


def _trust(fabric: Fabric, rows: Sequence[tuple[BomLine, Triple]], key: str, unit: str) -> Iterator[Step]:
    """Yield how much of a total rests on which kind of source."""
    found: Counter[str] = Counter()
    for line, value in rows:
        part = fabric.catalog.parts[line.part]
        confidence = part.says("alternates" if part.alternates and key == "price_usd" else key).confidence
        found[confidence or "no source"] += line.qty * value.base  # type: ignore[assignment]
    kept = {word: amount for word, amount in found.items() if amount}
    if kept:
        terms = " + ".join(f"{exact(amount)} {word}" for word, amount in kept.items())
        total = sum(kept.values(), Fraction(0))
        yield Step("rests on", "", f"{terms} = {exact(total)} {unit}")


def _value_origins(fabric: Fabric, part_id: str, key: str) -> Iterator[Origin]:
    part = fabric.catalog.parts[part_id]
    if key == "price_usd":
        yield from price_origins(fabric, part)
    elif part.power_w is not None:
        ends = spread(part.power_w, "W")
        yield provenance(fabric, part, key, f"{exact(part.power_w.base)} W{f' ({ends})' if ends else ''}")


def _with_gaps(rollup: RollUp, lines: Sequence[BomLine], found: Explanation) -> Explanation:
    parts = {line.part for line in lines}
    scopes = {line.cost_scope for line in lines}
    named = {
        gap: f"{exact(gap.qty)} {gap.part}" if gap.part else count_of(gap.links, "link")
        for gap in rollup.gaps
    }
    steps = [
        Step("", f"{named[gap]}: {gap.what}")
        for gap in rollup.gaps
        if gap.lacks_price and (gap.part in parts or (not gap.part and gap.cost_scope in scopes))
    ]
    head = [Step("", "Gaps", "", 0)] if steps else []
    return Explanation(
        found.title, found.about, (*found.steps, *head, *steps), found.equations, found.sources
    )


TOTALS: dict[str, Callable[[Fabric, RollUp, str], Explanation]] = {
    "gpus": _gpus,
    "links": _links,
    "fibres": _strands(links_fibres, fibre_formula),
    "pairs": _strands(links_pairs, pair_count_formula),
    "engines_active": _lines("engine", active=True),
    "engines_fitted": _lines("engine"),
    "els": _lines("els"),
    "laser_fibres": _lines("laser_fibre"),
    "lasers": _lasers,
    "cost_usd": _money("interconnect"),
    "network_device_usd": _money("network_device"),
    "host_usd": _money("host"),
    "system_usd": _money("system"),
    "power_w": _power(["interconnect"]),
    "network_device_w": _power(["network_device"]),
    "total_power_w": _power(POWERED),
}
