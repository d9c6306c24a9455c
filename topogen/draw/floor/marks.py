"""The floor as marks: racks to scale, bundles as arcs, copper's reach as a ring, a scale bar.

Where rows are far apart and racks would be dots, the scale along the rows is larger than across them.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from topogen.draw.floor.plan import KINDS
from topogen.draw.lettering import SMALLEST, width_of, wrapped_to
from topogen.draw.sheet import BODY, Box, Disc, Label, Squares, Stroke, label
from topogen.records import dataclass
from topogen.units import format_decimal, to_metres

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from topogen.draw.floor.plan import Plan
    from topogen.draw.sheet import Mark

FILLS = ("gpu", "switch", "switch", "rule")
"""The colours of racks by what they hold, in the order of ``KINDS``; mixed ones get a stripe of compute."""
DEPTH_MM, DEEPEST = 1200, 240
"""How deep racks are drawn, and at most so many pixels."""
NARROWEST = 2.5
"""How wide a rack is drawn at least, in pixels."""
SHALLOWEST = 12
"""How deep racks are drawn at least where the rows are stretched, in pixels."""
DOTS, LEGIBLE = 6, 16
"""Racks narrower than the first are drawn as wide as the second, in pixels: the rows are stretched."""
FILLED = 0.88
"""The share of its pitch that a rack takes."""
ARCS = 300
"""Pixels beside several rows that are left for arcs."""
BELOW = 58
"""Pixels below the floor for the scale bar."""
STEPS = 240
RING, HALO = 3, 2
"""Pixels of the circle of a reach, and of the paper at both its sides: it is seen on racks in grey too."""
CLEAR = 6
"""Pixels between the words of two rows."""
LINE, ROW_LINES = 19, 3
"""Pixels from line to line, and the lines of words of a row at most."""


@dataclass(frozen=True)
class Scale:
    """Where the floor is on the sheet: pixels of a metre ``along`` and ``across`` rows, origin, lower end.

    ``left`` is where rows begin.
    """

    along: float
    across: float
    x: float
    y: float
    rack: float
    depth: float
    bottom: float
    left: float

    def at(self, x_mm: int, y_mm: int) -> tuple[float, float]:
        """Return where the middle of a rack is on the sheet."""
        return self.x + x_mm * self.along / 1000, self.y + y_mm * self.across / 1000

    def middles(self, plan: Plan) -> NDArray[np.float64]:
        """Return where the middles of all racks are on the sheet, shape (racks, 2)."""
        corner = np.array([self.x, self.y])
        pixels = np.array([self.along, self.across]) / 1000
        middles: NDArray[np.float64] = corner + np.stack([plan.x_mm, plan.y_mm], axis=1) * pixels
        return middles

    @property
    def stretch(self) -> float:
        """Return how many times larger the scale along rows is than across them."""
        return self.along / self.across


def scale_of(plan: Plan, pitch_mm: int, names: float, below: float = 0) -> Scale:
    """Return the scale at which the floor fills its part of the body.

    ``names`` pixels are left of rows, ``below`` as many more than usual under the floor.
    """
    long_m = (int(plan.x_mm.max() - plan.x_mm.min()) + pitch_mm) / 1000
    deep_m = (int(plan.y_mm.max() - plan.y_mm.min()) + DEPTH_MM) / 1000
    single = bool(plan.block)
    wide = BODY.width - (0 if single else names + ARCS)
    bottom = BODY.y + BODY.height - BELOW - below
    most = DEEPEST * 1000 / DEPTH_MM if single else (bottom - BODY.y - 2 * LINE) / deep_m
    across = min(wide / long_m, most)
    racks_m = pitch_mm * FILLED / 1000
    dots = not single and across * racks_m < DOTS
    along = max(across, min(wide / long_m, LEGIBLE / racks_m)) if dots else across
    depth = max(DEPTH_MM * across / 1000, SHALLOWEST if dots else 0)
    if single:
        x, y = BODY.x + (BODY.width - long_m * along) / 2, bottom - depth / 2
    else:
        x, y = BODY.x + names, BODY.y + max(depth / 2, 1.5 * LINE)
    left = x
    x += (pitch_mm / 2 - int(plan.x_mm.min())) * along / 1000
    y -= int(plan.y_mm.min()) * across / 1000
    return Scale(along, across, x, y, max(pitch_mm * along / 1000 * FILLED, NARROWEST), depth, bottom, left)


def racks(plan: Plan, scale: Scale) -> Iterator[Mark]:
    """Yield the racks, those of a kind together; mixed ones have a stripe of compute."""
    corners = scale.middles(plan) - np.array([scale.rack / 2, scale.depth / 2])
    for number, kind in enumerate(KINDS):
        at = tuple(map(tuple, corners[(plan.kind == number) & plan.shown].tolist()))
        if at and plan.block == 1:
            for x, y in at:
                yield Box(x, y, scale.rack, scale.depth, "paper", "soft", 3, f"{kind} rack", kind, 1.5)
            continue
        if at:
            yield Squares(at, scale.rack, scale.depth, FILLS[number], f"{kind} racks", f"racks {kind}")
        if at and kind == "mixed":
            yield Squares(at, scale.rack / 2, scale.depth, "gpu", "", "mixed")
    rest = tuple(map(tuple, corners[~plan.shown].tolist()))
    if rest:
        yield Squares(rest, scale.rack, scale.depth, "rule", "no link to the selection", "racks not selected")


def rack_words(scale: Scale, plan: Plan, texts: Sequence[tuple[str, ...]]) -> Iterator[Label]:
    """Yield what each rack of a single row is called and holds, inside it."""
    for x_mm, y_mm, words in zip(plan.x_mm.tolist(), plan.y_mm.tolist(), texts, strict=True):
        x, y = scale.at(x_mm, y_mm)
        for turn, line in enumerate(rack_lines(scale, words)):
            at = y - scale.depth / 2 + 21 + LINE * turn
            yield label(x, at, line, scale.rack - 4, bold=not turn, anchor="middle")


def rack_lines(scale: Scale, words: Sequence[str]) -> list[str]:
    """Return words as the lines that stand in a rack, as many as find room."""
    lines = [line for text in words for line in wrapped_to(text, SMALLEST, scale.rack - 4)]
    return lines[: int((scale.depth - 8) // LINE)]


def row_words(
    scale: Scale, plan: Plan, texts: Mapping[int, tuple[str, ...]], longer: Mapping[int, str], room: float
) -> Iterator[Label]:
    """Yield the name and the contents of each row at its left; as many lines as find room.

    ``longer`` says of some rows what they have more or less than others: a further line, if that has room.
    """
    rows, first = np.unique(plan.area[plan.rack], return_index=True)
    ys = scale.middles(plan)[first, 1]
    gap = _row_gap(scale, plan)
    every, fit = math.ceil(LINE / gap), max(1, int(gap // LINE))
    longer = longer if one_more_line(scale, plan, longer) else {}
    for row, y in list(zip(rows.tolist(), ys.tolist(), strict=True))[::every]:
        lines = [*texts[row][:fit], *([longer[row]] if row in longer else [])]
        for turn, text in enumerate(lines):
            at = y + 6 + LINE * (turn - (len(lines) - 1) / 2)
            yield label(BODY.x, at, text, room, bold=not turn, colour="soft" if turn else "ink")


def one_more_line(scale: Scale, plan: Plan, longer: Mapping[int, str]) -> bool:
    """Return whether rows that differ have room for a line more than the others."""
    gap = _row_gap(scale, plan)
    usual = min(ROW_LINES, int(gap // LINE))
    halves = 2 * usual - (len(longer) == 1)
    return bool(usual) and LINE * halves / 2 + LINE + CLEAR <= gap


def _row_gap(scale: Scale, plan: Plan) -> float:
    """Return the pixels from a row to the next one, where these are nearest."""
    first = np.unique(plan.area[plan.rack], return_index=True)[1]
    ys = scale.middles(plan)[first, 1]
    return max(1.0, float(np.diff(np.sort(ys)).min(initial=BODY.height)))


def ring(scale: Scale, centre: tuple[int, int], reach_mm: int, tip: str) -> Iterator[Mark]:
    """Yield the circle of a reach around a rack, where it is inside the body, and its middle."""
    x, y = scale.at(*centre)
    wide, high = reach_mm * scale.along / 1000, reach_mm * scale.across / 1000
    yield Disc(x, y, 5, "paper", "copper", "", "", 3)
    turns = [2 * math.pi * turn / STEPS for turn in range(STEPS + 1)]
    points = [(x + wide * math.cos(turn), y + high * math.sin(turn)) for turn in turns]
    run: list[tuple[float, float]] = []
    for point in [*points, (-1.0, -1.0)]:
        inside = BODY.x <= point[0] <= BODY.x + BODY.width and BODY.y <= point[1] <= scale.bottom
        if inside:
            run.append(point)
        elif len(run) > 1:
            yield Stroke(tuple(run), "paper", RING + 2 * HALO)
            yield Stroke(tuple(run), "copper", RING, dash="7 5", tip=tip, key="copper reach")
        if not inside:
            run = []


def reach_bar(scale: Scale, reach_mm: int, tip: str) -> Iterator[Mark]:
    """Yield how far copper reaches, as a bar to scale: links do not run straight."""
    words = f"copper's {metres(reach_mm)}, laid straight"
    room = width_of(words, SMALLEST, bold=True) + 10
    y = scale.bottom + 24
    long = min(reach_mm * scale.along / 1000, BODY.width - room)
    yield Stroke(((BODY.x, y), (BODY.x + long, y)), "copper", 5, tip=tip, key="copper reach")
    yield Label(BODY.x + long + 10, y + 5, words, bold=True)


def scale_bar(scale: Scale, note: str) -> Iterator[Mark]:
    """Yield a bar of a round number of metres below the floor, along the rows."""
    metres = next((one for one in (50, 20, 10, 5, 2, 1) if one * scale.along <= 200), 1)  # noqa: PLR2004
    y = scale.bottom + 44
    long = metres * scale.along
    yield Stroke(((BODY.x, y), (BODY.x + long, y)), "ink", 3, key="scale")
    for x in (BODY.x, BODY.x + long):
        yield Box(x - 1, y - 6, 2, 12, "ink")
    stretched = scale.stretch > 1
    words = f"{metres} m along rows" if stretched else f"{metres} m"
    note = (
        f"across rows {format_decimal(Fraction(scale.stretch), 1)} times smaller; {note}"
        if stretched
        else note
    )
    at = BODY.x + long + 10
    yield Label(at, y + 5, words, bold=True)
    at += width_of(words, SMALLEST, bold=True) + 18
    yield label(at, y + 5, note, BODY.x + BODY.width - at, colour="soft")


def metres(mm: int) -> str:
    """Return a length: ``0.6 m``."""
    return f"{format_decimal(to_metres(mm), 2)} m"
