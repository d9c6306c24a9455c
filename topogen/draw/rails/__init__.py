"""The rails diagram: a column for each leaf, a row for each node or rack, a dot for each link, by rail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.furniture import legend_room
from topogen.draw.rails.grid import grid_of
from topogen.draw.rails.marks import BAR, RING, broken_marks, cell_marks, frame_marks, layout_of, leaf_words
from topogen.draw.rails.matrix import matrix_of, ranked
from topogen.draw.sheet import Box, Figure, Key, Sheet
from topogen.draw.shown.case import case_title
from topogen.draw.shown.finding import alert_words, subtitle_with
from topogen.draw.shown.tips import Tips
from topogen.errors import InputError, Problem
from topogen.model.fabric import n_gpus
from topogen.naming.rail_numbers import NOT
from topogen.palette import RAILS, rail_colour
from topogen.takeoff.basis_line import footer_of
from topogen.units import count_words, format_count, format_rate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.draw.rails.grid import Grid
    from topogen.draw.rails.matrix import Matrix
    from topogen.graph.selection import Selection
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

NOUNS = {"gpu": "GPU", "nic": "NIC"}


def draw_rails(fabric: Fabric, roll_up: RollUp, touched: Selection | None = None) -> Sheet:
    """Return which leaf each rail of each node is linked to, for the largest fabric with rails.

    Raises
    ------
    InputError
        E696, if no host is linked to a leaf in what is drawn.
    """
    matrix, others = matrix_of(fabric, touched)
    if matrix is None:
        raise InputError([_no_leaves(fabric, touched)])
    grid = grid_of(fabric, matrix)
    tips = Tips(fabric, roll_up)
    boxes = [one for one in cell_marks(tips, grid, layout_of(grid)) if isinstance(one, Box)]
    legend = (*_legend(matrix, grid), *_keys_of_boxes(grid, boxes))
    layout = layout_of(grid, legend_room(legend))
    return Sheet(
        name=fabric.name,
        title=_title(fabric, matrix),
        subtitle=subtitle_with(
            list(_subtitle(fabric, matrix, grid, (others, touched))),
            case_title(fabric),
            alert_words(fabric),
        ),
        marks=(
            *frame_marks(tips, grid, layout),
            *cell_marks(tips, grid, layout),
            *broken_marks(fabric, matrix.host[matrix.wrong].tolist(), matrix.leaf[matrix.wrong].tolist()),
        ),
        figures=tuple(_figures(fabric, matrix, grid)),
        legend=legend,
        footer=footer_of(fabric, roll_up),
        alert=alert_words(fabric),
    )


def _no_leaves(fabric: Fabric, touched: Selection | None) -> Problem:
    if touched and matrix_of(fabric, None)[0]:
        message = f"--only {touched.text} picks no link between a host and a leaf"
        return Problem("E696", message, hint="pick nodes or leaves, or leave out --only")
    message = f"{fabric.name} has no links between hosts and leaves: no rails to draw"
    return Problem("E696", message)


def _title(fabric: Fabric, matrix: Matrix) -> str:
    """Return how many links break the rule, or what it says."""
    bad, rails, rule = int(matrix.wrong.sum()), _rails(matrix), matrix.rule
    total = count_words(len(matrix), "link")
    if bad:
        return f"{format_count(bad)} of {total} {'breaks' if bad == 1 else 'break'} the rail rule"
    if not rails:
        leaves = len(ranked(matrix.leaf)[1])
        hosts = len(ranked(matrix.host)[1])
        ends = count_words(hosts, _noun(fabric, matrix))
        if leaves > 1 and len(_pairs(matrix)) == hosts * leaves:
            return f"Every one of {ends} reaches all {_leaves(leaves)}: no rails"
        words = f"{ends} on {_leaves(leaves)}"
        alone = 1 < leaves == len(ranked(matrix.unit)[1])
        return f"{words}, no rails{': all of a unit meet on one leaf' if alone else ''}"
    head = f"{count_words(rails, 'rail')}, no violation"
    if not _one_leaf(matrix):
        return f"{head}: each leaf serves one rail"
    unit = " of a unit" if rule.units or len(ranked(matrix.unit)[1]) > 1 else ""
    place = f"every {rule.level}{unit}" if rule.level != "fabric" else "the fabric"
    plane = " a plane" if rule.planes > 1 else ""
    return f"{head}: {_noun(fabric, matrix)} k of {place} meets on one leaf{plane}"


def _rails(matrix: Matrix) -> int:
    return len(ranked(matrix.rail[matrix.rail != NOT])[1])


def _pairs(matrix: Matrix) -> Ints:
    """Return a number for each host and leaf that share a link, in ascending order."""
    leaf, leaves = ranked(matrix.leaf)
    return ranked(ranked(matrix.host)[0] * len(leaves) + leaf)[1]


def _noun(fabric: Fabric, matrix: Matrix) -> str:
    """Return what the ends are called, without a plural."""
    role = next(
        (one.type.role for one in fabric.groups if one.first <= matrix.host[0] < one.first + one.count), ""
    )
    return NOUNS.get(role, "host")


def _one_leaf(matrix: Matrix) -> bool:
    """Return whether each rail of each unit has one leaf in each plane."""
    on_rail = matrix.only(matrix.rail != NOT)
    unit, _ = ranked(on_rail.unit)
    leaf, leaves = ranked(on_rail.leaf)
    key = unit * (int(on_rail.rail.max(initial=0)) + 1) + on_rail.rail
    found = ranked(key * len(leaves) + leaf)[1] // max(1, len(leaves))
    return bool((np.unique(found, return_counts=True)[1] <= matrix.rule.planes).all())


def _leaves(count: int) -> str:
    return f"{format_count(count)} {'leaf' if count == 1 else 'leaves'}"


def _subtitle(
    fabric: Fabric, matrix: Matrix, grid: Grid, around: tuple[list[str], Selection | None]
) -> Iterator[str]:
    others, touched = around
    if touched:
        yield f"only {touched.text}"
    if grid.shown < grid.all_units:
        number = "1" if grid.shown == 1 else format_count(grid.shown)
        alike = "equal units" if grid.equal > 1 else "units"
        yield f"{number} of {format_count(max(grid.equal, grid.shown))} {alike} drawn"
        if rest := grid.all_units - max(grid.equal, grid.shown):
            yield f"{count_words(rest, 'other unit')} not drawn"
    if len(grid.leaves) < grid.all_leaves and grid.shown == grid.all_units:
        yield f"{leaf_words(fabric, grid)} of {_leaves(grid.all_leaves)} drawn"
    if grid.hidden_rows:
        yield f"{count_words(grid.hidden_rows, f'more {grid.rows[0].noun}')} not drawn"
    if others:
        yield f"fabric {matrix.rule.name} (not drawn: {', '.join(others)})"
    if matrix.rule.planes > 1 and _rails(matrix):
        yield f"{matrix.rule.planes} planes: the leaves of a rail stand side by side"


def _figures(fabric: Fabric, matrix: Matrix, grid: Grid) -> Iterator[Figure]:
    rails, bad = _rails(matrix), int(matrix.wrong.sum())
    if rails:
        planes = f", in {count_words(matrix.rule.planes, 'plane')}" if matrix.rule.planes > 1 else ""
        level = matrix.rule.level
        place = "the fabric" if level == "fabric" else f"each {level}"
        yield Figure(
            format_count(rails), f"{'rail' if rails == 1 else 'rails'}, numbered within {place}{planes}"
        )
    leaf = next(one for one in fabric.groups if one.first <= matrix.leaf[0] < one.first + one.count)
    count = len(ranked(matrix.leaf)[1])
    yield Figure(
        format_count(count), f"leaf {'switch' if count == 1 else 'switches'} of device type {leaf.type.name}"
    )
    rates = ranked(matrix.rate)[1].tolist()
    gpus = n_gpus(fabric)
    rate = ", ".join(format_rate(one) for one in rates[:3])
    per = f", {format_count(gpus)} GPUs in all" if gpus else ""
    yield Figure(format_count(len(matrix)), f"links between hosts and leaves ({rate}{per})")
    units = grid.all_units
    if units > 1:
        yield Figure(format_count(units), "units: hosts that share leaf switches")
    if rails:
        words = "link breaks the rail rule" if bad == 1 else "links break the rail rule"
        yield Figure(format_count(bad), words, "alert" if bad else "ink")


def _keys_of_boxes(grid: Grid, boxes: Sequence[Box]) -> Iterator[Key]:
    """Yield the keys of rings with a number and of bars, which stand for several links of a cell."""
    if any(one.fill == RING for one in boxes):
        yield Key("ring", "nic", "number of links")
    if any(one.round == BAR for one in boxes):
        counts = {cell.links for cell in grid.cells if cell.links > 1}
        words = f"{format_count(min(counts))} links" if len(counts) == 1 else "several links"
        yield Key("square", "soft", f"bar: {words}")


def _legend(matrix: Matrix, grid: Grid) -> Iterator[Key]:
    rails = sorted({cell.rail for cell in grid.cells if cell.rail != NOT})
    if len(rails) <= RAILS:
        for one in rails:
            yield Key("square", rail_colour(one), f"rail {one}")
    else:
        yield Key("square", rail_colour(0), "rails 0, 2, 4 and so on")
        yield Key("square", rail_colour(1), "rails 1, 3, 5 and so on")
    if any(cell.rail == NOT for cell in grid.cells):
        yield Key("square", "nic", "no rail" if rails else "link")
    if matrix.wrong.any():
        yield Key("wrong", "alert", "breaks the rail rule")
