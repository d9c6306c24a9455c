"""What stands beside the tiers: how long the optical links are, and where the interconnect money goes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.cables import link_lengths
from topogen.draw.lettering import SMALLEST, width_of
from topogen.draw.sheet import BODY, FIGURES_X, MARGIN, WIDTH, Box, Label, Stroke, label
from topogen.graph.selection import rows_of
from topogen.palette import family_of
from topogen.units import count_words, format_count, format_decimal, to_metres

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from topogen.draw.sheet import Mark
    from topogen.draw.shown.tips import Tips
    from topogen.graph.selection import Selection
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

ELECTRIC = {"copper", "board", "no_medium"}
INSET = (FIGURES_X + 46.0, 452.0, WIDTH - MARGIN - FIGURES_X - 60.0, 118.0)
"""Where the curve is drawn: x, y, width, height."""
MONEY_HEIGHT = 86
CARRIER = {"copper": "copper", "board": "board"} | dict.fromkeys(
    ("module", "cable", "engine", "own_laser", "els"), "light"
)
"""What money of a colour is for."""
MILLION, THOUSAND = 1_000_000, 1000


def optical_lengths(fabric: Fabric, touched: Selection | None) -> tuple[Ints, Ints]:
    """Return the lengths of the optical links in mm, -1 where unknown, ascending, and how many have each."""
    found = []
    for index, link in enumerate(fabric.links):
        if link.media is None or family_of(fabric.catalog.media[link.media[0]]) in ELECTRIC:
            continue
        if touched:
            columns = rows_of(touched.columns[index], np.flatnonzero(touched.links[index]))
            mm = link_lengths(fabric, link, columns)[0]
            found.append((mm, np.ones(len(mm), np.int64)))
        else:
            found.append((link.lengths.mm, link.lengths.links))
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    mm, links = (np.concatenate(column) for column in zip(*found, strict=True))
    kinds, number = np.unique(mm, return_inverse=True)
    total = np.zeros(len(kinds), np.int64)
    np.add.at(total, number, links)
    return kinds, total


def length_marks(fabric: Fabric, touched: Selection | None) -> Iterator[Mark]:
    """Yield the share of optical links that are no longer than a length, as a curve."""
    mm, links = optical_lengths(fabric, touched)
    total, unknown = int(links.sum()), int(links[mm < 0].sum())
    if not total:
        return
    x, y, width, height = INSET
    room = WIDTH - MARGIN - FIGURES_X
    yield label(FIGURES_X, y - 32, "lengths of optical links", room, bold=True)
    if unknown == total:
        text = f"unknown: all {format_count(total)}"
        yield label(FIGURES_X, y - 11, text, room, colour="soft")
        return
    counted = f"{count_words(total, 'link')}"
    if unknown:
        counted = f"{format_count(total - unknown)}; {format_count(unknown)} unknown"
    yield label(FIGURES_X, y - 11, counted, room, colour="soft")
    known = mm >= 0
    end = _round_up(int(mm[known].max()))
    share = np.cumsum(links[known]) / (total - unknown)
    points = [(x, y + height)]
    before = 0.0
    keep = np.unique(np.linspace(0, len(share) - 1, 200).astype(np.int64))
    for at, part in zip(mm[known][keep].tolist(), share[keep].tolist(), strict=True):
        across = x + width * at / end
        points += [(across, y + height * (1 - before)), (across, y + height * (1 - part))]
        before = part
    yield Box(x, y, width, height, line="rule")
    yield Stroke(((x, y + height / 2), (x + width, y + height / 2)), "rule", 1, dash="3 3")
    yield Stroke(tuple(points), "module", 3, tip="share of optical links up to a length")
    for part, text in ((0.0, "100 %"), (0.5, "50 %"), (1.0, "0 %")):
        yield Label(x - 4, y + height * part + 5, text, anchor="end", colour="soft")
    for part in (0.0, 0.5, 1.0):
        text = f"{format_decimal(to_metres(round(end * part)), 1)}{' m' if part == 1 else ''}"
        yield Label(x + width * part, y + height + 20, text, anchor="middle", colour="soft")


def _round_up(mm: int) -> int:
    """Return the next round length in mm, at least 1 m.

    >>> _round_up(24636), _round_up(78816)
    (30000, 80000)
    """
    step = 1000
    while mm > 10 * step:
        step *= 10
    return max(1, -(-mm // step)) * step


def money_by_part(roll_up: RollUp) -> Counter[str]:
    """Return the USD of each interconnect part that has a price."""
    usd: Counter[str] = Counter()
    for line in roll_up.lines:
        if line.cost_scope == "interconnect" and line.extended is not None:
            usd[line.part] += line.extended.base  # type: ignore[assignment] # exact fractions
    return usd


def missing_words(roll_up: RollUp) -> list[str]:
    """Return what the interconnect money lacks, with the number of pieces or links."""
    found = []
    for gap in roll_up.gaps:
        if gap.partial:
            name = gap.part or gap.what.partition(":")[0]
            count = count_words(gap.qty, "piece") if gap.qty else count_words(gap.links, "link")
            metres = "by length " if gap.reason == "no_length" else ""
            found.append(f"{count} {metres}({name})")
    return list(dict.fromkeys(found))


def fitting(lead: str, items: Sequence[str], room: float) -> str:
    """Return as many of some items as fit whole behind a word, and how many more there are.

    >>> fitting("also", ["cord 18 M", "panel 3 M", "laser 2 M"], 200)
    'also cord 18 M, 2 more'
    """
    for kept in range(len(items), 0, -1):
        more = [f"{len(items) - kept} more"] if kept < len(items) else []
        text = f"{lead} {', '.join([*items[:kept], *more])}"
        if width_of(text, SMALLEST) <= room:
            return text
    return f"{lead} {len(items)} items" if items else ""


def money_marks(tips: Tips, y: float, *, part: bool) -> Iterator[Mark]:
    """Yield a bar of the interconnect money by part, the largest first, and what has no price.

    The money is that of the whole file; ``part`` says that the picture shows only some of it.
    """
    roll_up = tips.roll_up
    usd, lacking = money_by_part(roll_up), missing_words(roll_up)
    total = sum(usd.values())
    if not total and not lacking:
        return
    colours = _colours(tips.fabric, roll_up)
    yield label(BODY.x, y + 12, _money_words(roll_up, colours, part=part), BODY.width, bold=True)
    room = BODY.width * (0.92 if lacking else 1) if total else 0
    x, line, rest = float(BODY.x), float(BODY.x), []
    pieces: Counter[str] = Counter()
    for one in roll_up.lines:
        pieces[one.part] += one.qty
    for name, value in usd.most_common() if total else ():
        wide = room * float(value / total)
        text = f"{name} {_short(value)}"
        tip = tips.part(name, pieces[name])
        yield Box(
            x, y + 20, wide, 22, colours.get(name, "nic"), "paper", 0, f"USD {text}\n{tip.tip}", tip.key
        )
        if x >= line and width_of(text, SMALLEST) + 6 < wide:
            yield Label(x, y + 59, text)
            line = x + width_of(text, SMALLEST)
        elif value:
            rest.append(text)
        x += wide
    end = BODY.x + BODY.width
    if lacking:
        words = f"no price: {', '.join(lacking)}"
        yield Box(x, y + 20, end - x, 22, "outside", "soft", tip=words, key="no price", dashed=True)
        yield label(line + 16, y + 59, fitting("also", rest, end - line - 16), end - line - 16, colour="soft")
        yield label(BODY.x, y + 79, fitting("no price:", lacking, BODY.width), BODY.width, colour="soft")
        return
    yield label(BODY.x, y + 79, fitting("also", rest, BODY.width), BODY.width, colour="soft")


def _money_words(roll_up: RollUp, colours: Mapping[str, str], *, part: bool) -> str:
    """Return how the money divides into copper and light, per GPU where there are some."""
    usd, lacking = money_by_part(roll_up), missing_words(roll_up)
    total, whole = sum(usd.values()), " of the whole fabric, not only the selection," if part else ""
    if not total:
        return f"where the interconnect money{whole} goes: no price is known"
    by: Counter[str] = Counter()
    for name, value in usd.items():
        by[CARRIER.get(colours.get(name, "nic"), "other")] += value
    share = roll_up.totals.gpus or 1
    split = ", ".join(
        f"{name} {format_count(round(value / share))}" for name, value in by.most_common() if value
    )
    each = " per GPU" if roll_up.totals.gpus else ""
    least = "at least " if lacking else ""
    return f"where the interconnect money{whole} goes: USD{each} for {split}; {least}{_short(total)} in all"


def _colours(fabric: Fabric, roll_up: RollUp) -> dict[str, str]:
    found = {}
    for line in roll_up.lines:
        kinds = [family_of(fabric.catalog.media[one]) for one in line.media if one in fabric.catalog.media]
        layer = fabric.catalog.parts[line.part].layer or ""
        fibre = (
            any(word in layer for word in ("fibre", "fiber", "connector", "cable")) and "copper" not in kinds
        )
        found[line.part] = (
            "els" if layer.startswith("els") else "cable" if fibre else kinds[0] if kinds else "nic"
        )
    return found


def _short(value: object) -> str:
    """Return US dollars in millions or thousands.

    >>> _short(31_100_000), _short(8_300), _short(12)
    ('31.1 M', '8.3 k', '12')
    """
    amount = round(float(value))  # type: ignore[arg-type] # a fraction
    if amount >= MILLION:
        return f"{amount / MILLION:,.1f} M"
    return f"{amount / THOUSAND:,.1f} k" if amount >= THOUSAND else format_count(amount)
