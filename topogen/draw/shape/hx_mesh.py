"""The shape of a HammingMesh: boards in a grid, every row and column of boards led to switches of its own."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.shape.marks import Drawn, lead, lines, nodes, pens, stroke
from topogen.draw.sheet import MANY_SQUARES, Area, Box, label
from topogen.model.fabric import device_name
from topogen.records import dataclass
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.draw.shape.marks import Places, Point
    from topogen.draw.shape.wires import Shape
    from topogen.draw.sheet import Mark
    from topogen.wiring.hx_mesh import HammingMesh

LEAST = 62
"""The least height and width of a board with its gaps, in pixels."""
REST_WIDE, REST_HIGH = 100, 38
"""Pixels right of and below the boards drawn for those that are not."""


@dataclass(frozen=True)
class Boards:
    """The boards that are drawn: ``rows`` and ``columns`` of the grid, and how large each is on the sheet.

    ``more`` is how many boards each row and each column has beside them.
    """

    area: Area
    rows: range
    columns: range
    more: tuple[int, int]
    across: int
    high: int
    wide: int
    first: int

    @property
    def step(self) -> Point:
        """Return the way from a board to the next."""
        return self.area.width / len(self.columns), self.area.height / len(self.rows)

    def corner(self, row: int, column: int) -> Point:
        """Return the top left corner of a board."""
        dx, dy = self.step
        return self.area.x + dx * (column - self.columns.start) + 0.14 * dx, self.area.y + dy * (
            row - self.rows.start
        ) + 0.12 * dy

    @property
    def rest(self) -> Point:
        """Return how wide what stands for more boards of a row is, and how high for those of a column."""
        return (REST_WIDE if self.more[0] else 0, REST_HIGH if self.more[1] else 0)

    @property
    def size(self) -> Point:
        """Return width and height of a board."""
        return 0.58 * self.step[0], 0.56 * self.step[1]


def draw_hx_mesh(shape: Shape, area: Area, spec: HammingMesh) -> Drawn:
    """Draw a HammingMesh, whole where it is small, else some of its boards with their lines of switches."""
    (high, wide), (down, across) = spec.board, spec.boards
    boards = _boards(shape, area, spec)
    at = _accelerators(boards)
    rows, columns = _switches(shape, boards, "row"), _switches(shape, boards, "col")
    corners = (boards.corner(row, column) for row in boards.rows for column in boards.columns)
    marks: list[Mark] = [Box(*corner, *boards.size, "outside", "rule", 4) for corner in corners]
    marks += _more_boards(shape, boards)
    marks += _line_links(shape, boards, at, rows, "row")
    marks += _line_links(shape, boards, at, columns, "col")
    marks += lines(shape, shape.parts("board"), at, width=2.4)
    marks += lines(shape, shape.parts("row_up", "col_up"), rows | columns, width=1, opacity=0.7)
    marks += nodes(shape, at, min(16.0, 0.5 * boards.size[0] / wide, 0.5 * boards.size[1] / high))
    marks += nodes(shape, rows | columns, _switch_size(rows | columns))
    shown, every = len(boards.rows) * len(boards.columns), down * across
    title = f"{down} x {across} boards of {high} x {wide}, every row and column on its own switches"
    part = "" if shown == every else f"{shown} of {format_count(every)} boards shown"
    made = shape.fabric.made[shape.name]
    figures = (
        (format_count(every * high * wide), f"accelerators on {format_count(every)} boards"),
        (
            format_count(_count(shape)),
            f"switches{shape.a_plane}, in lines along rows and columns of boards",
        ),
        *(((f"{made.diameter} links", "longest way between two accelerators"),) if made.diameter else ()),
    )
    return Drawn(tuple(marks), title, part, figures)


def _count(shape: Shape) -> int:
    return (
        sum(one.count for one in shape.fabric.groups if one.role.startswith(f"{shape.name}/")) // shape.planes
    )


def _boards(shape: Shape, area: Area, spec: HammingMesh) -> Boards:
    """Return the boards that fit: all, or as many as can be counted, from that of the focus on."""
    (high, wide), (down, across) = spec.board, spec.boards
    inner = Area(area.x + 6, area.y, area.width - 96, area.height - 44)
    first = min(int(min(one.a.min(), one.b.min())) for one in shape.parts("board", "row_lines"))
    tall, broad = max(LEAST, 24 * high), max(LEAST, 24 * wide)
    rows, columns = min(down, int(inner.height // tall)), min(across, int(inner.width // broad))
    if rows * columns < down * across:
        rows, columns = min(rows, 4), min(columns, 6)
    while rows * columns * high * wide > MANY_SQUARES and rows * columns > 1:
        rows, columns = max(1, rows - 1), max(1, columns - 1)
    board = (
        max(0, shape.focus - first) // (high * wide)
        if shape.focus < first + high * wide * down * across
        else 0
    )
    top, left = min(board // across, down - rows), min(board % across, across - columns)
    more = across - columns, down - rows
    inner = Area(
        inner.x,
        inner.y,
        inner.width - (REST_WIDE if more[0] else 0),
        inner.height - (REST_HIGH if more[1] else 0),
    )
    return Boards(inner, range(top, top + rows), range(left, left + columns), more, across, high, wide, first)


def _more_boards(shape: Shape, boards: Boards) -> Iterator[Mark]:
    """Yield a dashed box for the boards that each row and column has beside those drawn, on its line."""
    (dx, dy), (wide, high) = boards.step, boards.size
    right, below = boards.area.x + boards.area.width, boards.area.y + boards.area.height
    inked = pens(shape)
    if boards.more[0]:
        pen = next(inked[one.link.name] for one in shape.parts("row_lines"))
        for row in boards.rows:
            y = boards.corner(row, boards.columns.start)[1]
            area = Area(right + 2, y, REST_WIDE - 12, high)
            middle = area.x + area.width / 2
            yield lead(pen, (middle, y + high), (middle, y + high + 0.16 * dy))
            yield from _rest(area, f"{format_count(boards.more[0])} more", "boards")
    if boards.more[1]:
        pen = next(inked[one.link.name] for one in shape.parts("col_lines"))
        for column in boards.columns:
            x = boards.corner(boards.rows.start, column)[0]
            area = Area(x - 0.08 * dx, below, wide + 0.16 * dx, REST_HIGH - 10)
            middle = area.y + area.height / 2
            yield lead(pen, (area.x + area.width, middle), (x + wide + 0.16 * dx, middle))
            yield from _rest(area, f"{format_count(boards.more[1])} more")


def _rest(area: Area, *words: str) -> Iterator[Mark]:
    """Yield a dashed box with some lines of words."""
    yield Box(*area, "paper", "soft", 4, dashed=True)
    first = area.y + area.height / 2 + 5 - 9 * (len(words) - 1)
    for line, text in enumerate(words):
        yield label(area.x + area.width / 2, first + 18 * line, text, area.width, anchor="middle")


def _accelerators(boards: Boards) -> Places:
    at: Places = {}
    (wide, high) = boards.size
    for row in boards.rows:
        for column in boards.columns:
            x, y = boards.corner(row, column)
            numbers = count(boards.first + (row * boards.across + column) * boards.high * boards.wide)
            for i in range(boards.high):
                for j in range(boards.wide):
                    at[next(numbers)] = (
                        x + wide * (j + 0.5) / boards.wide,
                        y + high * (i + 0.5) / boards.high,
                    )
    return at


def _switches(shape: Shape, boards: Boards, role: str) -> Places:
    """Return where the switches of the lines shown are: right of rows, below columns, spines outside."""
    at: Places = {}
    lines_shown = boards.rows if role == "row" else boards.columns
    spec = shape.spec
    every = spec.boards[0 if role == "row" else 1]  # type: ignore[union-attr]
    for tier, name in enumerate((role, f"{role}_spine")):
        if not any(one.role == f"{shape.name}/{name}" for one in shape.fabric.groups):
            continue
        routers = shape.routers(name)
        each = len(routers) // every
        for number, line in enumerate(lines_shown):
            some = range(routers.start + line * each, routers.start + (line + 1) * each)
            for place, one in enumerate(some):
                at[one] = _spot(boards, role, number, (place + 0.5) / each, tier, alone=each == 1)
    return at


def _spot(boards: Boards, role: str, number: int, share: float, tier: int, *, alone: bool) -> Point:
    dx, dy = boards.step
    area, (right, below) = boards.area, boards.rest
    if role == "row":
        return area.x + area.width + right + 26 + 46 * tier, area.y + dy * (
            number + (0.88 if alone else 0.06 + 0.88 * share)
        )
    return area.x + dx * (
        number + (0.92 if alone else 0.06 + 0.88 * share)
    ), area.y + area.height + below + 12 + 24 * tier


def _switch_size(at: Places) -> float:
    return 20.0 if len(at) <= 40 else 9.0  # noqa: PLR2004


def _line_links(shape: Shape, boards: Boards, at: Places, switches: Places, role: str) -> Iterator[Mark]:
    """Yield a line for every link from the edge of a board, along its row or column to the switch."""
    known = np.zeros(shape.fabric.n_devices + 1, bool)
    known[list(at)] = True
    for one in shape.parts(f"{role}_lines"):
        pen = pens(shape)[one.link.name]
        seen: set[int] = set()
        for row in np.flatnonzero(known[one.a] & one.touched).tolist():
            device, switch = int(one.a[row]), int(one.b[row])
            points = _way(boards, device, at[device], switches[switch], role, again=device in seen)
            seen.add(device)
            names = device_name(shape.fabric, device), device_name(shape.fabric, switch)
            yield stroke(one, pen, points, names, 1, width=1.3, curved=False)


def _way(
    boards: Boards, device: int, spot: Point, switch: Point, role: str, *, again: bool
) -> tuple[Point, ...]:
    """Return the way of a link out of a board, by the far edge if its accelerator has a second one."""
    board, place = divmod(device - boards.first, boards.high * boards.wide)
    row, column = divmod(board, boards.across)
    i, j = divmod(place, boards.wide)
    x, y = boards.corner(row, column)
    (wide, high), (dx, dy) = boards.size, boards.step
    if role == "row":
        far = again or (j > 0 and j == boards.wide - 1)
        out = x + wide + 0.04 * dx * (1 + i / boards.high) if far else x - 0.04 * dx * (1 + i / boards.high)
        bus = y + high + 0.16 * dy + 0.08 * dy * i / boards.high
        return (spot, (out, spot[1]), (out, bus), (switch[0] - 16, bus), switch)
    far = again or (i > 0 and i == boards.high - 1)
    out = y + high + 0.05 * dy * (1 + j / boards.wide) if far else y - 0.04 * dy * (1 + j / boards.wide)
    bus = x + wide + 0.16 * dx + 0.08 * dx * j / boards.wide
    return (spot, (spot[0], out), (bus, out), (bus, switch[1] - 14), switch)
