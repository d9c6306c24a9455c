"""A medium: where it is used, how far it reaches, which parts each line of its recipe came to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.explain.lengths import reach_steps
from topogen.explain.links import medium_words, scenario
from topogen.explain.steps import (
    Explanation,
    Step,
    count_of,
    exact,
    source_location,
    spread,
    sum_equation,
    unique,
)
from topogen.takeoff.link_ends import sides_of
from topogen.units import to_metres

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.catalog.model import Line, Medium
    from topogen.explain.steps import Origin
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup
    from topogen.takeoff.roll_up import RollUp


def media_in_use(fabric: Fabric) -> list[str]:
    """Return the media that end a link here, in file order."""
    return list(dict.fromkeys(name for link in fabric.links for name in link.media or ()))


def explain_medium(fabric: Fabric, rollup: RollUp, name: str) -> Explanation:
    """Return where a medium is used and what it comes to, line by line of its recipe."""
    medium = fabric.catalog.media[name]
    links = [link for link in fabric.links if link.media and name in link.media]
    total = sum(link.count for link in links)
    sums = sum_equation([link.count for link in links], total, "links")
    equation = sums or f"{count_of(total, 'link')} = {exact(total)}"
    return Explanation(
        f"medium {name} in {fabric.name}{scenario(fabric)}: {count_of(total, 'link')}",
        medium_words(medium).partition(": ")[2],
        (
            Step(count_of(total, "link"), "Used by", "", 0),
            *_used_steps(medium, links),
            *([Step("sum", "", sums)] if sums else []),
            *_recipe_steps(rollup, medium),
            *_energy_steps(medium),
        ),
        (f"{name}: {'; '.join((equation, *_part_equations(rollup, medium)))}",),
        unique(_origins(fabric, medium)),
    )


def _used_steps(medium: Medium, links: list[LinkGroup]) -> Iterator[Step]:
    for link in links:
        ends = [side for side in sides_of(link) if link.media and link.media[side] == medium.id]
        where = "both ends" if len(ends) > 1 else f"{'ab'[ends[0]]} end" if ends else "no end here"
        outside = "" if link.has_b else f', the other end ("{link.outside}") is outside'
        yield Step("links", f"{link.name} ({link.network}): {count_of(link.count, 'link')}, {where}{outside}")
        yield from reach_steps(link, medium)


def _recipe_steps(rollup: RollUp, medium: Medium) -> Iterator[Step]:
    if not medium.recipe:
        yield Step("recipe", "none: links are counted, nothing is bought for them")
        return
    yield Step("", "Recipe, a line a part", "", 0)
    for line in medium.recipe.values():
        rows = [
            row for row in rollup.quantities if (row.medium, row.line) == (medium.id, line.name) and row.qty
        ]
        yield Step(line.name, _rule(line))
        for part in dict.fromkeys(row.part or "" for row in rows):
            mine = [row for row in rows if (row.part or "") == part]
            qty = sum(row.qty for row in mine)
            words = part or f"no part: {mine[0].gap}"
            networks = " and ".join(dict.fromkeys(row.network for row in mine))
            yield Step("", f"{exact(qty)} {words} in {networks}")
        if not rows:
            yield Step("", "none here: what belongs to the link comes from the other end")


def _rule(line: Line) -> str:
    if line.per != "pool" or not line.serves:
        return f"{line.qty} a {'cage in use' if line.per == 'end' else line.per}"
    return f"{line.qty} to {line.serves[0]} {line.serves[1]}, rounded up per {line.round_per}"


def _part_equations(rollup: RollUp, medium: Medium) -> Iterator[str]:
    parts = dict.fromkeys(
        row.part for row in rollup.quantities if row.medium == medium.id and row.part and row.qty
    )
    for part in parts:
        rows = [
            row.qty for row in rollup.quantities if (row.medium, row.part) == (medium.id, part) and row.qty
        ]
        if sums := sum_equation(rows, sum(rows), part or ""):
            yield sums


def _energy_steps(medium: Medium) -> Iterator[Step]:
    label = "energy"
    for boundary, value in medium.energy_pj_per_bit.items():
        ends = spread(value, "")
        yield Step(
            label,
            f"{boundary} {exact(value.base)} pJ/bit{f' ({ends.strip()})' if ends else ''}, never summed",
        )
        label = ""


def _origins(fabric: Fabric, medium: Medium) -> Iterator[Origin]:
    path = ("catalog", "media", medium.id)
    yield source_location(fabric, path, f"kind: {medium.kind}")
    if medium.reach_mm:
        reach = ", ".join(f"{exact(to_metres(mm))} m" for mm in medium.reach_mm.values())
        yield source_location(fabric, (*path, "reach_m"), reach)
    for name, line in medium.recipe.items():
        yield source_location(fabric, (*path, "recipe", name), _rule(line))
