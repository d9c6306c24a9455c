"""``hx_mesh``: boards of accelerators in a mesh, joined along board rows and columns by lines of switches.

Source: Hoefler et al., "HammingMesh: A Network Topology for Large-Scale Deep Learning", SC22.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from topogen.language.fabric import Dims, SwitchedFabricSpec, Tiers
from topogen.model.runs import arange
from topogen.records import dataclass
from topogen.wiring.block import Block, PatternError, biclique, matching, repeat
from topogen.wiring.plan import (
    ENDS,
    Face,
    GeneratorRequest,
    Plan,
    PlannedLinks,
    divisor_from,
    size_by,
)
from topogen.wiring.record import Generator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.model.arrays import Ints
    from topogen.model.fabric import SizeStep


class HammingMesh(SwitchedFabricSpec):
    """Boards of accelerators, joined along rows and columns by switches."""

    roles: ClassVar[tuple[str, ...]] = ("row", "col", "row_spine", "col_spine")
    tier_roles: ClassVar[tuple[tuple[str, ...], ...]] = (("row", "col"), ("row_spine", "col_spine"))
    link_groups: ClassVar[Mapping[str, str]] = {
        "board": "each accelerator to its neighbours on the board",
        "row_lines": "both ends of each board row to the switches of its line",
        "col_lines": "both ends of each board column to the switches of its line",
        "row_up": "every leaf of a row line to every spine of it, equally often",
        "col_up": "every leaf of a column line to every spine of it, equally often",
    }

    pattern: Literal["hx_mesh"]
    """pattern to generate"""
    board: Dims
    """rows and columns of a board"""
    boards: Dims
    """rows and columns of boards"""
    tiers: Tiers = 1
    """tiers of switches per line, 1 or 2"""

    def tier_count(self) -> int | None:
        """Return the tiers of switches per line that the file states."""
        return self.tiers if "tiers" in self.model_fields_set else None


PORTS = 4
"""Ports of an accelerator in one plane: north, east, south and west."""


@dataclass(frozen=True)
class Mesh:
    """``down`` x ``across`` boards of ``high`` x ``wide`` accelerators, numbered board by board."""

    high: int
    wide: int
    down: int
    across: int

    @property
    def board(self) -> int:
        """Return the accelerators of a board."""
        return self.high * self.wide

    @property
    def count(self) -> int:
        """Return all accelerators."""
        return self.board * self.down * self.across

    @property
    def on_board(self) -> Block:
        """Return the links of all boards: boards x (2 a b - a - b)."""
        place = arange(self.board).reshape(self.high, self.wide)
        a = np.concatenate([place[:, :-1].ravel(), place[:-1].ravel()])
        b = np.concatenate([place[:, 1:].ravel(), place[1:].ravel()])
        first = arange(self.down * self.across, self.board)
        return repeat(matching(a, b, same=True), first, first)

    def edge(self, line: str) -> Ints:
        """Return the accelerators whose free ports the first line takes, shape (rows, boards, 2 sides)."""
        place = arange(self.board).reshape(self.high, self.wide)
        if line == "row":
            return np.asarray(place[:, None, [0, -1]] + arange(self.across, self.board)[:, None])
        return np.asarray(place.T[:, None, [0, -1]] + arange(self.down, self.across * self.board)[:, None])

    def first(self, line: str) -> Ints:
        """Return where each line begins: the first accelerator of its first board, shape (lines,)."""
        return (
            arange(self.down, self.across * self.board) if line == "row" else arange(self.across, self.board)
        )


@dataclass(frozen=True)
class Line:
    """The switches of one board row or column: ``lower`` that hold its ports and ``spines`` that join those.

    ``rows`` accelerator rows of ``per_row`` ports; ``per_switch`` ports down and ``up`` ports up on each
    lower switch.
    """

    rows: int
    per_row: int
    lower: int
    per_switch: int
    spines: int = 0
    up: int = 0

    @property
    def ports(self) -> int:
        """Return the ports of the boards."""
        return self.rows * self.per_row

    @property
    def switch(self) -> Ints:
        """Return the lower switch of each port, row by row; one tier keeps each accelerator row together."""
        if self.spines:
            return np.asarray(arange(self.ports) // self.per_switch)
        return np.asarray(arange(self.ports) // self.per_row // (self.per_switch // self.per_row))


def hx_mesh(request: GeneratorRequest[HammingMesh]) -> Plan:
    """Return the plan of a HammingMesh of X x Y boards of a x b accelerators for one plane.

    An accelerator has 4 ports. X Y (2 a b - a - b) links on boards, 2 a X Y to row lines, 2 b X Y to column
    lines. A row line has 2 a Y ports, a column line 2 b X. In one tier of k-port switches it is
    ceil(a / floor(k / 2 Y)) switches that share no accelerator row; in two tiers ceil(2 a Y / (k / 2)) leaves
    with k / 2 uplinks and the smallest divisor of k / 2 spines that suffices. With one switch a line and X, Y
    at least 2 the diameter is 4 + floor((a - 1) / 2) + floor((b - 1) / 2) links; with a switch for each
    accelerator row and column the last two terms count twice. With even X, Y and lines that are not tapered
    half the boards are cut off by X Y min(a, b) links, the bisection of the paper.

    >>> from topogen.wiring.hx_mesh import HammingMesh
    >>> from topogen.wiring.plan import Faces
    >>> keys = {"network": "scale_out", "pattern": "hx_mesh", "switch": "box", "create": "accel.p"}
    >>> spec = HammingMesh.model_validate({**keys, "board": ["2", "2"], "boards": ["16", "16"]})
    >>> plan = hx_mesh(GeneratorRequest(spec, lambda role: Faces("box", 64), None, created_ports=4))
    >>> plan.ends, plan.switches, plan.diameter, plan.bisection
    (1024, {'row': 16, 'col': 16}, 4, Fraction(512, 1))
    >>> {made.name: sum(block.count for block in made.blocks) for made in plan.links}
    {'board': 1024, 'row_lines': 1024, 'col_lines': 1024}
    """
    mesh = _mesh(request)
    lines = {
        "row": _line(request, "row", mesh.high, 2 * mesh.across),
        "col": _line(request, "col", mesh.wide, 2 * mesh.down),
    }
    numbers = {"row": mesh.down, "col": mesh.across}
    switches = {name: numbers[name] * line.lower for name, line in lines.items()}
    spines = {f"{name}_spine": numbers[name] * line.spines for name, line in lines.items() if line.spines}
    made = [PlannedLinks("board", Face(ENDS), Face(ENDS), (mesh.on_board,))] if mesh.board > 1 else []
    made += [_line_links(mesh, name, line) for name, line in lines.items()]
    made += [_spine_links(name, line, numbers[name]) for name, line in lines.items() if line.spines]
    return Plan(
        switches=switches | spines,
        links=tuple(made),
        ends=0 if request.ends else mesh.count,
        diameter=_diameter(mesh, lines),
        sizes=_sizes(lines, numbers),
        bisection=_bisection(mesh, lines),
        notes=tuple(_notes(request, lines)),
    )


def _sizes(lines: dict[str, Line], numbers: dict[str, int]) -> dict[str, tuple[SizeStep, ...]]:
    """Return why there are so many switches: lines x switches per line."""
    found = {}
    for name, line in lines.items():
        per_line = (
            f"ceil({line.ports:,} ports / {line.per_switch} down)"
            if line.spines
            else f"ceil({line.rows} accelerator rows / {line.per_switch // line.per_row} per switch)"
        )
        total = numbers[name] * line.lower
        found[name] = size_by(f"{numbers[name]:,} lines x {per_line} = {total:,} {name}")
        if line.spines:
            total = numbers[name] * line.spines
            found[f"{name}_spine"] = size_by(
                f"{numbers[name]:,} lines x {line.spines} = {total:,} {name}_spine"
            )
    return found


def _mesh(request: GeneratorRequest[HammingMesh]) -> Mesh:
    """Return the sizes of boards and of their grid, which have to fit the ends."""
    board, boards = request.spec.board, request.spec.boards
    for key, dims in (("board", board), ("boards", boards)):
        if len(dims) != 2:  # noqa: PLR2004 - rows and columns
            message = f"{key} has {len(dims)} sizes; a HammingMesh has rows and columns"
            raise PatternError("E204", message, f"two sizes, such as {key}: [2, 2]")
    mesh = Mesh(board[0], board[1], boards[0], boards[1])
    ports = request.ends.ports if request.ends else request.created_ports
    if ports != PORTS:
        message = (
            f"an accelerator brings {ports} ports a plane; a mesh takes {PORTS}: north, east, south, west"
        )
        total = ports * request.spec.planes
        hint = f"planes: {total // PORTS}" if total % PORTS == 0 else f"name a multiple of {PORTS} ports"
        raise PatternError("E204", message, hint)
    if request.ends and request.ends.count != mesh.count:
        sizes = f"{mesh.down} x {mesh.across} boards of {mesh.high} x {mesh.wide}"
        message = f"{request.ends.count:,} ends; {sizes} are {mesh.count:,}"
        raise PatternError("E204", message, "board and boards multiply to the number of ends")
    return mesh


def _line(request: GeneratorRequest[HammingMesh], role: str, rows: int, per_row: int) -> Line:
    """Return the switches of a line of ``rows`` accelerator rows with ``per_row`` ports each."""
    tiers = request.spec.tiers
    if tiers == 1:
        faces = request.faces(role)
        down = faces.total if faces.down is None else faces.down
        if down < per_row:
            message = (
                f"a {role} of {per_row // 2} boards x 2 sides = {per_row} ports; {faces.type} has {down}"
            )
            raise PatternError("E204", message, "tiers: 2, switches with more ports, or fewer boards")
        return Line(rows, per_row, -(-rows // (down // per_row)), down)
    if tiers > 2:  # noqa: PLR2004
        message = f"a line of {tiers} tiers; lines of switches have 1 or 2"
        raise PatternError("E204", message, "tiers: 1 or 2")
    return _two_tiers(request, role, rows, per_row)


def _two_tiers(request: GeneratorRequest[HammingMesh], role: str, rows: int, per_row: int) -> Line:
    """Return a line of leaves, half down and half up unless their type says, and of spines."""
    faces, above = request.faces(role), request.faces(f"{role}_spine")
    down = faces.total // 2 if faces.down is None else faces.down
    up = faces.total - down if faces.up is None else faces.up
    spine = above.total if above.down is None else above.down
    leaves = -(-rows * per_row // down) if down else 0
    if not leaves or not up or leaves > spine:
        message = (
            f"a {role} line of {rows} x {per_row} = {rows * per_row:,} ports is {leaves:,} leaves of {down} "
            f"ports down and {up} up; spines of {spine} ports join {spine}"
        )
        raise PatternError("E204", message, "switches with more ports, or fewer boards")
    return Line(rows, per_row, leaves, down, divisor_from(up, -(-leaves * up // spine)), up)


def _line_links(mesh: Mesh, role: str, line: Line) -> PlannedLinks:
    """Return the links from the edges of boards to the lower switches, as copies of one line."""
    first = mesh.first(role)
    block = matching(mesh.edge(role).ravel(), line.switch)
    copies = repeat(block, first, arange(len(first), line.lower))
    return PlannedLinks(f"{role}_lines", Face(ENDS), Face(role, "down", range(line.per_switch)), (copies,))


def _spine_links(role: str, line: Line, lines: int) -> PlannedLinks:
    """Return the links of all lines between leaves and spines, equally many between each two."""
    block = biclique(line.lower, line.spines, line.up // line.spines)
    copies = repeat(block, arange(lines, line.lower), arange(lines, line.spines))
    up = Face(role, "up", range(line.per_switch, line.per_switch + line.up))
    spine = Face(f"{role}_spine", "down", range(line.lower * line.up // line.spines))
    return PlannedLinks(f"{role}_up", up, spine, (copies,))


def _diameter(mesh: Mesh, lines: dict[str, Line]) -> int | None:
    """Return the most links between two ends: to the edge of the board, over two lines, and back in."""
    if min(mesh.down, mesh.across) < 2 or any(line.spines for line in lines.values()):  # noqa: PLR2004
        return None
    inward = (mesh.high - 1) // 2 + (mesh.wide - 1) // 2
    if all(line.lower == 1 for line in lines.values()):
        return 4 + inward
    if all(line.lower == line.rows for line in lines.values()):
        return 4 + 2 * inward
    return None


def _bisection(mesh: Mesh, lines: dict[str, Line]) -> Fraction | None:
    """Return the links that cut off half of the boards, None where they do not halve or lines are tapered."""
    if mesh.down % 2 or mesh.across % 2 or any(0 < line.up < line.per_switch for line in lines.values()):
        return None
    return Fraction(mesh.down * mesh.across * min(mesh.high, mesh.wide))


def _notes(request: GeneratorRequest[HammingMesh], lines: dict[str, Line]) -> Iterator[tuple[str, str, str]]:
    """Yield a warning for two tiers where one switch holds every line."""
    if all(line.spines and line.ports <= request.faces(name).total for name, line in lines.items()):
        ports = max(line.ports for line in lines.values())
        yield "W204", f"one switch holds a line of {ports} ports", "tiers: 1 does the same"


PATTERN = Generator(
    spec=HammingMesh,
    make=hx_mesh,
    switches="X x Y boards of a x b, 4 ports per endpoint; per row line ceil(a / floor(k / 2 Y)) `row`, "
    "per column line ceil(b / floor(k / 2 X)) `col`; with `tiers: 2` ceil(ports of the line / (k / 2)) and "
    "the spines that suffice",
    links="`board` X Y (2 a b - a - b), `row_lines` 2 a X Y, `col_lines` 2 b X Y",
    ends_forward=True,
)
"""The record of the generator."""
