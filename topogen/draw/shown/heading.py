"""What stands around a graph picture in words: title, what is drawn, figures, and what is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.draw.shown.finding import finding, key_figures
from topogen.draw.shown.words import kinds_listed
from topogen.takeoff.roll_up import lasers_in
from topogen.units import count_words, format_count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.draw.sheet import Figure
    from topogen.graph.selection import Selection
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp


def title_of(fabric: Fabric) -> str:
    """Return name and title; both where they differ."""
    title = fabric.spec.title
    return f"{fabric.name}: {title}" if title else fabric.name


def finding_of(fabric: Fabric, roll_up: RollUp, touched: Selection | None) -> str:
    """Return the title: the finding of a whole fabric, or what is drawn of it."""
    if touched is None:
        return finding(fabric, roll_up)
    return f"{count_words(touched.n_links, 'link')} of {touched.text}"


def figures_of(fabric: Fabric, roll_up: RollUp, touched: Selection | None) -> tuple[Figure, ...]:
    """Return the figures of a whole fabric; a part of it has none of its own."""
    return key_figures(fabric, roll_up) if touched is None else ()


def said_below(fabric: Fabric, how: str, touched: Selection | None = None) -> tuple[str, ...]:
    """Return what stands below the title: name, scenario, how it is drawn, and what is left out."""
    scenario = f"scenario {fabric.scenario}" if fabric.scenario else ""
    lines = (_join_with_bars(title_of(fabric), scenario, how),)
    return (*lines, only_words(fabric, touched)) if touched else lines


def only_words(fabric: Fabric, touched: Selection) -> str:
    """Return what was picked, and how many links touch it."""
    counts = {group.label: 0 for group in fabric.groups}
    for group in fabric.groups:
        counts[group.label] += int(touched.devices[group.first : group.first + group.count].sum())
    return _join_with_bars(
        f"only {touched.text}: {kinds_listed(counts)}", f"{format_count(touched.n_links)} links"
    )


def unknown_notes(fabric: Fabric, roll_up: RollUp) -> Iterator[str]:
    """Yield what no figure can show because it is not known: light sources, cost."""
    fed = {(row.medium, row.network) for row in roll_up.quantities if row.line == "els"}
    engines = [row for row in roll_up.quantities if row.line == "engine" and row.per == "pool"]
    if any((row.medium, row.network) not in fed and not lasers_in(fabric.catalog, row) for row in engines):
        yield f"light sources of {'some engines' if fed else 'the engines'}: unknown"
    if not any(line.cost_scope == "interconnect" for line in roll_up.lines):
        yield "interconnect: not costed (no parts in the catalog)"


def _join_with_bars(*words: str) -> str:
    return "  |  ".join(word for word in words if word)
