"""Where the interconnect money goes: a bar of its parts, each of them named below with its colour."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from topogen.draw.lettering import SMALLEST, width_of
from topogen.draw.sheet import BODY, SWATCH, Box, label, swatched
from topogen.draw.shown.priced import interconnect_priced, unpriced_words
from topogen.palette import family_of
from topogen.units import format_count, rounded_to_sum

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from topogen.draw.sheet import Mark
    from topogen.draw.shown.tips import Tips
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

BAR_HEIGHT, SENTENCE_HEIGHT = 70, 20
CARRIER = {"copper": "copper", "board": "board"} | dict.fromkeys(
    ("module", "cable", "engine", "own_laser", "els"), "light"
)
"""What money of a colour is for."""
UNITS = ((1_000_000, " M"), (1000, " k"), (1, ""))
TINTS = (1.0, 1.25, 0.6, 1.7)
"""How much lighter or darker the pieces of one colour are, one after another."""
NARROWEST = 3.0
"""Pixels of a piece at least, so that the colour of each name is seen."""


class Piece(NamedTuple):
    """A piece of the bar, and what is written for it."""

    usd: Fraction
    text: str
    colour: str
    tip: str
    key: str
    shade: float = 1


def money_height(roll_up: RollUp) -> int:
    """Return how much room the money takes: a bar, or one sentence where nothing has a price."""
    return BAR_HEIGHT if interconnect_priced(roll_up) else SENTENCE_HEIGHT


def money_by_part(roll_up: RollUp) -> dict[str, Fraction]:
    """Return the USD of each interconnect part that has a price, the dearest first."""
    usd: dict[str, Fraction] = {}
    for line in roll_up.lines:
        if line.cost_scope == "interconnect" and line.extended is not None:
            usd[line.part] = usd.get(line.part, Fraction(0)) + line.extended.base
    return _most_first(usd)


def _most_first(usd: Mapping[str, Fraction]) -> dict[str, Fraction]:
    return dict(sorted(usd.items(), key=lambda item: -item[1]))


def money_marks(tips: Tips, *, part: bool) -> Iterator[Mark]:
    """Yield a bar of the interconnect money by part, the largest first; without a price say so.

    The money is that of the whole file; ``part`` says that the picture shows only some of it.
    """
    fabric, roll_up = tips.fabric, tips.roll_up
    y = BODY.y + BODY.height - money_height(roll_up) - 4
    if not interconnect_priced(roll_up):
        yield label(BODY.x, y + 12, _no_price(roll_up), BODY.width, colour="soft")
        return
    words = _money_words(roll_up, _colours(fabric, roll_up), part=part)
    yield label(BODY.x, y + 12, words, BODY.width, bold=True)
    pieces = pieces_of(tips)
    x, at = float(BODY.x), float(BODY.x)
    for one, wide in zip(pieces, _widths([one.usd for one in pieces]), strict=True):
        yield Box(x, y + 20, wide, 22, one.colour, "paper", 0, one.tip, one.key, shade=one.shade)
        x += wide
        yield from swatched(at, y + 61, one.text, BODY.x + BODY.width - at, one.colour, shade=one.shade)
        at += _room(one.text)


def _widths(usd: Sequence[Fraction]) -> list[float]:
    """Return how wide each piece is, in proportion but for those too narrow to be seen."""
    total = sum(usd, Fraction(0))
    wide = [max(NARROWEST, BODY.width * float(one / total)) for one in usd]
    wide[0] -= sum(wide) - BODY.width
    return wide


def _no_price(roll_up: RollUp) -> str:
    lacking = unpriced_words(roll_up)
    return f"no price: {', '.join(lacking)}" if lacking else "no price: nothing is bought for these links"


def money_pieces(tips: Tips) -> list[Piece]:
    """Return the pieces of the bar, none where nothing has a price."""
    return pieces_of(tips) if interconnect_priced(tips.roll_up) else []


def pieces_of(tips: Tips) -> list[Piece]:
    """Return the parts that have money, the dearest first, as many as can be named; the rest as one."""
    colours = _colours(tips.fabric, tips.roll_up)
    count: Counter[str] = Counter()
    for line in tips.roll_up.lines:
        count[line.part] += line.qty
    usd = {name: value for name, value in money_by_part(tips.roll_up).items() if value}
    tints: Counter[str] = Counter()
    every = []
    for (name, value), amount in zip(usd.items(), amounts(list(usd.values())), strict=True):
        text, tip, colour = f"{name} {amount}", tips.part(name, count[name]), colours.get(name, "nic")
        shade = TINTS[tints[colour] % len(TINTS)]
        tints[colour] += 1
        every.append(Piece(value, text, colour, f"{name}: USD {amount}\n{tip.tip}", tip.key, shade))
    named = len(every)
    while named > 1 and sum(map(_room, _texts(every, named))) - SWATCH > BODY.width:
        named -= 1
    rest = every[named:]
    if not rest:
        return every
    words = "\n".join(f"USD {one.text}" for one in rest)
    key = " | ".join(one.key.partition(";")[0] for one in rest)
    return [*every[:named], Piece(_sum(rest), _texts(every, named)[-1], "nic", words, key)]


def _sum(pieces: Sequence[Piece]) -> Fraction:
    return sum((one.usd for one in pieces[1:]), pieces[0].usd)


def _texts(every: Sequence[Piece], named: int) -> list[str]:
    texts, rest = [one.text for one in every[:named]], every[named:]
    if not rest:
        return texts
    amount = amounts([*(one.usd for one in every[:named]), _sum(rest)])[-1]
    return [*texts, f"{len(rest)} more {amount}"]


def _room(text: str) -> float:
    return 2 * SWATCH + width_of(text, SMALLEST)


def money_by_carrier(fabric: Fabric, roll_up: RollUp) -> dict[str, Fraction]:
    """Return the USD of the interconnect by what it is for, light or copper, the most first."""
    return _by_carrier(money_by_part(roll_up), _colours(fabric, roll_up))


def _by_carrier(usd: Mapping[str, Fraction], colours: Mapping[str, str]) -> dict[str, Fraction]:
    by: dict[str, Fraction] = {}
    for name, value in usd.items():
        carrier = CARRIER.get(colours.get(name, "nic"), "other")
        by[carrier] = by.get(carrier, Fraction(0)) + value
    return {name: value for name, value in _most_first(by).items() if value}


def _money_words(roll_up: RollUp, colours: Mapping[str, str], *, part: bool) -> str:
    """Return how the money divides into copper and light, per GPU where there are some."""
    usd, whole = money_by_part(roll_up), " of the whole fabric" if part else ""
    by, share = _by_carrier(usd, colours), roll_up.totals.gpus or 1
    shown = rounded_to_sum([value / share for value in by.values()])
    split = ", ".join(f"{name} USD {format_count(one)}" for name, one in zip(by, shown, strict=True))
    each = " per GPU" if roll_up.totals.gpus else ""
    least = "at least " if unpriced_words(roll_up) else ""
    total = amounts([sum(usd.values(), Fraction(0))])[0]
    said = f"{split}{each}; {least}USD {total} in all"
    long = f"where the interconnect money{whole} goes: {said}"
    fits = width_of(long, SMALLEST, bold=True) <= BODY.width
    return long if fits else f"interconnect money{whole}: {said}"


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


def amounts(usd: Sequence[Fraction]) -> list[str]:
    """Return US dollars in the largest unit that their sum reaches; what is written adds up to that sum.

    >>> amounts([31_100_000, 901_900]), amounts([9_850_000, 4_450_000]), amounts([982_000, 40])
    (['31.1 M', '0.9 M'], ['9.9 M', '4.4 M'], ['982.0 k', '< 0.1 k'])
    """
    total = sum(usd, Fraction(0))
    size, unit = next((one for one in UNITS if total >= one[0]), UNITS[-1])
    tenths = rounded_to_sum([Fraction(one) * (10 if unit else 1) / size for one in usd])
    if not unit:
        return [format_count(one) for one in tenths]
    return [f"{one // 10:,}.{one % 10}{unit}" if one else f"< 0.1{unit}" for one in tenths]
