"""The devices of each row: switches and ends as squares or numbers, and the names of the columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from topogen.draw.lettering import SMALLEST, width_of
from topogen.draw.sheet import BODY, MANY_SQUARES, label
from topogen.draw.shown.tips import Tip
from topogen.draw.shown.words import number_in
from topogen.draw.tiers.lateral import lateral_marks, lateral_words
from topogen.draw.tiers.places import ENDS, GUTTER, LINE, SWITCHES, blocks_of
from topogen.draw.tiers.things import extent_of, things
from topogen.units import count_words, format_count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.draw.sheet import Mark
    from topogen.draw.shown.tips import Tips
    from topogen.draw.tiers.ends import Ends
    from topogen.draw.tiers.tower import Tower
    from topogen.model.arrays import Ints

APART = 8
"""Pixels between the names of two columns."""


class Shown(NamedTuple):
    """How the things of a row are drawn: the fullest block has ``most``, 0 where numbers stand for them."""

    counts: Ints
    most: int
    height: float
    filled: bool

    def extents(self, blocks: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        """Return x and width of what is drawn in each block."""
        return [
            extent_of(block, count, self.most, self.height, filled=self.filled)
            for block, count in zip(blocks, self.counts.tolist(), strict=True)
        ]


def shown_rows(tower: Tower, ends: Ends) -> list[Shown]:
    """Return how each row is drawn, the ends first."""
    few = int(ends.counts.sum()) <= MANY_SQUARES
    lowest = Shown(ends.counts, int(ends.counts.max(initial=0)) if few else 0, ENDS, filled=False)
    each = countable(tower)
    switches = [row.counts for row in tower.rows[1:]]
    return [
        lowest,
        *(Shown(one, int(one.max(initial=1)) if each else 0, SWITCHES, filled=True) for one in switches),
    ]


def countable(tower: Tower) -> bool:
    """Return whether the switches are few enough to draw each of them."""
    return sum(int(row.counts.sum()) for row in tower.rows[1:]) <= MANY_SQUARES


def switch_marks(tips: Tips, tower: Tower, rows: list[float], shown: Sequence[Shown]) -> Iterator[Mark]:
    """Yield the switches of each row, and the arcs between those of one row."""
    for number, row in enumerate(tower.rows[1:], 1):
        role, most = tower.roles[number - 1], shown[number].most
        group = next(group for group in tips.fabric.groups if group.role == role)
        areas = [(x, rows[number], width, float(SWITCHES)) for x, width in blocks_of(row)]
        for area, count, name in zip(areas, row.counts.tolist(), row.names, strict=True):
            yield from things(area, count, "switch", tips.devices(group, count, name), most, filled=True)
        lateral = [one for one in tower.lateral if one.row == number]
        yield from lateral_marks(tips, lateral, row, areas, most)
        yield from lateral_words(tips, lateral, rows[number] - 3, GUTTER - 12)


def end_marks(tower: Tower, ends: Ends, top: float, shown: Shown) -> Iterator[Mark]:
    """Yield the ends of each column."""
    row = tower.rows[0]
    for (x, width), count, gpus, name in zip(
        blocks_of(row), ends.counts.tolist(), tower.gpus.tolist(), row.names, strict=True
    ):
        inside = f", {count_words(gpus, 'GPU')}" if gpus and ends.noun != "GPU" else ""
        tip = Tip(f"{name}\n{count_words(count, ends.noun)}{inside}", name.partition(" to ")[0])
        yield from things((x, top, width, float(ENDS)), count, "gpu", tip, shown.most, filled=False)


def plane_names(tower: Tower) -> Iterator[Mark]:
    """Yield the names of planes that stand side by side, above their switches."""
    row = tower.rows[-1]
    beside = any(one.tier == len(tower.roles) for one in tower.outside)
    for (x, width), name in zip(blocks_of(row), row.names, strict=True):
        if name.startswith("plane ") and beside:
            yield label(x, BODY.y - 7, name, width / 3, colour="soft")
        elif name.startswith("plane "):
            yield label(x + width / 2, BODY.y - 7, name, width, colour="soft", anchor="middle")


def column_names(tower: Tower, y: float, kinds: Sequence[tuple[float, str]]) -> Iterator[Mark]:
    """Yield what each column is, and below it the groups of ends that ``kind_names`` gives."""
    blocks = blocks_of(tower.rows[0])
    alone = {kind.first for kind in tower.kinds if kind.end - kind.first == 1} if kinds else set()
    texts = column_texts(tower.rows[0].names, blocks[0][1] if blocks else 0)
    step = (BODY.width - GUTTER) / max(1, len(blocks))
    every = 1 if all(width_of(text, SMALLEST) + APART <= step for text in texts) else 2
    for number, ((x, width), text) in enumerate(zip(blocks, texts, strict=True)):
        if number not in alone and number % every == 0:
            yield label(x + width / 2, y, text, every * step, anchor="middle")
    for x, text in kinds:
        yield label(x, y + LINE, text, BODY.x + BODY.width + APART - x, colour="soft")


def _with_commas(text: str) -> str:
    return format_count(int(text)) if text.isdecimal() and not text.startswith("0") else text


def name_noun(tower: Tower, ends: Ends, y: float) -> Iterator[Mark]:
    """Yield what the names of columns are the names of, at their left, where they do not say it."""
    noun, blocks = ends.named_by(tower), blocks_of(tower.rows[0])
    texts = column_texts(tower.rows[0].names, blocks[0][1]) if blocks else []
    text = f"first {noun}" if tower.columns_merge > 1 else noun
    if noun and len(texts) > 1 and not texts[0].startswith(noun):
        yield label(BODY.x + GUTTER - APART, y, text, GUTTER / 2, colour="soft", anchor="end")


def kind_names(tower: Tower) -> list[tuple[float, str]]:
    """Return where the name of each group of columns stands, none where columns have names of their own.

    None either where there is no room for all.
    """
    blocks, texts = (
        blocks_of(tower.rows[0]),
        column_texts(tower.rows[0].names, blocks_of(tower.rows[0])[0][1]),
    )
    if len(tower.kinds) <= 1 or not all(text.replace(",", "").isdecimal() for text in texts):
        return []
    found: list[tuple[float, str]] = []
    end = BODY.x + BODY.width + APART
    for kind in reversed(tower.kinds):
        text = kind_name(kind.name)
        x = min(blocks[kind.first][0], end - width_of(text, SMALLEST))
        found.append((x, text))
        end = x - APART
    return found[::-1] if found[-1][0] >= blocks[0][0] - APART else []


def kind_name(name: str) -> str:
    """Return the name of a group of units without what its first and last have in common.

    >>> kind_name("pod/host0 to pod/host127"), kind_name("r1")
    ('host0 to 127', 'r1')
    """
    first, to, last = (one.rpartition("/")[2] for one in name.partition(" to "))
    stem = first.rstrip("0123456789")
    return f"{first}{to}{last.removeprefix(stem) or last}"


def column_texts(names: Sequence[str], width: float) -> list[str]:
    """Return the names of columns, or their first names or numbers, whichever fit for all of them.

    >>> column_texts(["rack000 to rack011", "rack012"], 50), column_texts(["rack000 to rack011"], 90)
    (['000', '012'], ['rack000'])
    >>> column_texts(["su0/host8", "su0/host9"], 50)
    ['host8', 'host9']
    """
    firsts = [name.partition(" to ")[0] for name in names]
    lasts = [first.rpartition("/")[2] for first in firsts]
    numbers = [_with_commas(number_in(last)) for last in lasts]
    found = (list(names), firsts, lasts, numbers)
    fit = (texts for texts in found if all(width_of(text, SMALLEST) <= width for text in texts))
    return next(fit, numbers)
