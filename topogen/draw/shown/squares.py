"""Countable squares in a frame: how large they may be, and where each stands."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from topogen.draw.sheet import HOLLOW, MANY_SQUARES, Box, Squares, grid
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from topogen.draw.sheet import Area, Mark

WIDE = {"gpu": 2.0, "switch": 2.0, "cpu": 1.4, "els": 0.7, "nic": 0.9}
"""How wide a piece is drawn, by its colour; others are 1."""

GAPS = (2.0, 0.6)
"""Between pieces: where they are large, else where they are small."""

BETWEEN = 4
"""How many gaps are between kinds of pieces."""

SMALL = 2.0
"""Pieces below this size stand closer together."""


@dataclass(frozen=True)
class Kind:
    """So many equal pieces in one colour."""

    count: int
    colour: str
    tip: str = ""
    key: str = ""
    name: str = ""
    network: str = ""


def held_key(name: str, kinds: Iterable[Kind]) -> str:
    """Return the key of what holds pieces: its name, then the parts in it for tables that have no such place.

    >>> held_key("r1/tray0", [Kind(4, "gpu", key="b200; gpu"), Kind(2, "cpu", key="cpu")])
    'r1/tray0; b200 | cpu'
    """
    parts = dict.fromkeys(one.key.partition("; ")[0] for one in kinds if one.key)
    return "; ".join(filter(None, (name, " | ".join(parts))))


class Fit(NamedTuple):
    """In how many rows pieces stand, how high they are, how wide one of width 1 is, and the gap between.

    With 0 rows kind stands above kind, each in as many rows as it takes.
    """

    rows: int
    height: float
    unit: float
    gap: float = GAPS[0]

    @property
    def size(self) -> float:
        """Return the shorter side of a piece of width 1."""
        return min(self.unit, self.height)

    @property
    def tall(self) -> float:
        """Return the height of all rows."""
        return self.rows * (self.height + self.gap) - self.gap


def room_of(kinds: Sequence[Kind], fit: Fit) -> float:
    """Return how wide some kinds of pieces are side by side."""
    wide = sum(_columns(one, fit) * (_width(one, fit) + fit.gap) - fit.gap for one in kinds)
    return wide + BETWEEN * fit.gap * max(0, len(kinds) - 1)


def _columns(kind: Kind, fit: Fit) -> int:
    return -(-kind.count // fit.rows)


def _width(kind: Kind, fit: Fit) -> float:
    return WIDE.get(kind.colour, 1) * fit.unit


def best_fit(contents: Sequence[Sequence[Kind]], width: float, height: float, largest: float = 16) -> Fit:
    """Return how pieces are drawn so that each content fits into a frame, as large as can be."""

    def widest(rows: int, gap: float) -> float:
        return min((_widest_unit(kinds, rows, gap, width) for kinds in contents), default=largest)

    return _largest_fit(widest, height, largest)


def abreast_fit(
    kinds: Sequence[Kind], least: Sequence[float], area: Area, largest: float, apart: float
) -> Fit:
    """Return how kinds stand side by side in pieces of one size, each in a width of ``least`` or more.

    Where one kind has more than can be counted, all are bands of one scale.
    """
    width = area.width - apart * (len(kinds) - 1)

    def widest(rows: int, gap: float) -> float:
        return _widest_abreast(kinds, least, Fit(rows, 1, 0, gap), width)

    if any(one.count > MANY_SQUARES for one in kinds):
        return Fit(1, area.height, widest(1, 0), 0)
    return _largest_fit(widest, area.height, largest)


def _largest_fit(widest: Callable[[int, float], float], height: float, largest: float) -> Fit:
    """Return the rows with the largest pieces; ``widest`` says how wide one is for so many rows and a gap."""
    best = Fit(1, 0, 0)
    for gap in GAPS:
        for rows in range(1, max(2, int(height / 2))):
            high = min((height + gap) / rows - gap, largest)
            found = Fit(rows, high, min(widest(rows, gap), largest), gap)
            if min(found.unit, found.height) > min(best.unit, best.height):
                best = found
        if min(best.unit, best.height) >= SMALL:
            break
    return best


def _widest_abreast(kinds: Sequence[Kind], least: Sequence[float], flat: Fit, width: float) -> float:
    """Return how wide a piece of width 1 is where kinds fill a width, narrow ones as wide as ``least``."""
    free = list(zip(kinds, least, strict=True))
    while True:
        between = BETWEEN * flat.gap * (len(free) - 1)
        unit = _widest_unit([one for one, _ in free], flat.rows, flat.gap, width + between)
        wide = [(one, room) for one, room in free if room_of([one], flat._replace(unit=unit)) >= room]
        if len(wide) in (0, len(free)):
            return unit
        width -= sum(room for one, room in free if (one, room) not in wide)
        free = wide


def _widest_unit(kinds: Sequence[Kind], rows: int, gap: float, width: float) -> float:
    flat = Fit(rows, 1, 0, gap)
    units = sum(_columns(one, flat) * WIDE.get(one.colour, 1) for one in kinds)
    return (width - room_of(kinds, flat)) / units if units else float("inf")


def pieces(kinds: Sequence[Kind], fit: Fit, x: float, y: float) -> Iterator[Mark]:
    """Yield all pieces from a corner on, kind by kind; more than can be counted are a band."""
    for one in kinds:
        columns, wide = _columns(one, fit), _width(one, fit)
        room = max(1, columns * (wide + fit.gap) - fit.gap)
        if one.count > MANY_SQUARES or fit.unit <= 0 or not fit.gap:
            yield Box(x, y, room, max(1, fit.tall), one.colour, tip=one.tip, key=one.key)
        else:
            corners = grid(one.count, columns, (x, y), (wide + fit.gap, fit.height + fit.gap))
            yield Squares(corners, wide, fit.height, one.colour, one.tip, one.key, one.colour in HOLLOW)
        x += room + BETWEEN * fit.gap


def block(kind: Kind, area: Area, largest: float = 14) -> Iterator[Mark]:
    """Yield the pieces of one kind in an area, in as many columns as makes them largest."""
    yield from pieces([kind], best_fit([[kind]], area.width, area.height, largest), area.x, area.y)


def spread(kind: Kind, area: Area, hollow: int = 0) -> Iterator[Mark]:
    """Yield the pieces of one kind so that they fill an area, the last ``hollow`` as an outline only."""
    fit = best_fit([[kind]], area.width, area.height, max(area.width, area.height))
    high = (area.height + fit.gap) / fit.rows - fit.gap
    full = fit._replace(height=high, unit=_widest_unit([kind], fit.rows, fit.gap, area.width))
    for mark in pieces([kind], full, area.x, area.y):
        if isinstance(mark, Squares) and hollow:
            solid = len(mark.at) - hollow
            yield replace(mark, at=mark.at[:solid])
            yield replace(mark, at=mark.at[solid:], hollow=True)
        else:
            yield mark


def any_fit(contents: Sequence[Sequence[Kind]], width: float, height: float, largest: float = 16) -> Fit:
    """Return how pieces are drawn largest in a frame: kind beside kind, or kind above kind."""
    beside = best_fit(contents, width, height, largest)
    if any(one.count > MANY_SQUARES for kinds in contents for one in kinds):
        return beside
    side = _largest_side(contents, width, height, largest)
    return Fit(0, side, side) if side > beside.size + GAPS[0] else beside


def filled(kinds: Sequence[Kind], fit: Fit, area: Area) -> Iterator[Mark]:
    """Yield all pieces in a frame, as they fit: from its left, in the middle of its height."""
    if fit.rows:
        yield from pieces(kinds, fit, area.x, area.y + max(0.0, (area.height - fit.tall) / 2))
    else:
        yield from _stacked(kinds, fit.unit, area)


def _rows_of(kinds: Sequence[Kind], side: float, width: float) -> list[tuple[int, int]]:
    """Return how many pieces of a side stand in a row of a stack, and how many rows, kind by kind."""
    found = []
    for one in kinds:
        abreast = max(1, int((width + GAPS[0]) / (WIDE.get(one.colour, 1) * side + GAPS[0])))
        found.append((abreast, -(-one.count // abreast)))
    return found


def _stack_height(kinds: Sequence[Kind], side: float, width: float) -> float:
    rows = sum(rows for _, rows in _rows_of(kinds, side, width))
    return rows * (side + GAPS[0]) + 2 * GAPS[0] * max(0, len(kinds) - 1)


def _largest_side(contents: Sequence[Sequence[Kind]], width: float, height: float, largest: float) -> float:
    """Return how large pieces are that stand kind above kind, 0 where they do not fit so."""
    for side in range(int(largest), 1, -1):
        widest = max((WIDE.get(one.colour, 1) for kinds in contents for one in kinds), default=1) * side
        if widest <= width and all(_stack_height(kinds, side, width) <= height for kinds in contents):
            return side
    return 0


def _stacked(kinds: Sequence[Kind], side: float, area: Area) -> Iterator[Mark]:
    """Yield pieces kind above kind, each from a new row on."""
    y = area.y + max(0.0, (area.height - _stack_height(kinds, side, area.width)) / 2)
    for one, (abreast, rows) in zip(kinds, _rows_of(kinds, side, area.width), strict=True):
        wide = WIDE.get(one.colour, 1) * side
        corners = grid(one.count, abreast, (area.x, y), (wide + GAPS[0], side + GAPS[0]))
        yield Squares(corners, wide, side, one.colour, one.tip, one.key, one.colour in HOLLOW)
        y += rows * (side + GAPS[0]) + 2 * GAPS[0]
