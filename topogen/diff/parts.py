"""What two bills of materials differ in: pieces and cost by part, split into quantity, mix and price.

Within a group of parts that stand for each other (one scope, the same recipe lines and networks) with Q
pieces in the old bill and Q' in the new one, a part of q -> q' pieces at p -> p' US dollars changes by

    quantity  (Q' / Q - 1) q p        all parts of the group grow alike
    mix       (q' - q Q' / Q) p       its place in the group changes
    price     q' (p' - p)

which add up to q' p' - q p exactly. A part that is new has its new price as its old one, and the other way
round; a group that is new is all quantity.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Literal, TypeAlias

from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from topogen.takeoff.bill import BomLine
    from topogen.takeoff.roll_up import RollUp

Change: TypeAlias = Literal["added", "removed", "qty", "price", "qty+price", "substituted", "unchanged"]
Key: TypeAlias = "tuple[str, int | None, str]"
"""Part, length in mm, and cost scope: what is one orderable line."""

PRICED = ("interconnect", "network_device")
"""Cost scopes with a cost; hosts and systems are counted only."""


@dataclass(frozen=True)
class PartChange:
    """One orderable line in both bills; base prices in US dollars, None where one is unknown."""

    change: Change
    part: str
    length_mm: int | None
    cost_scope: str
    category: str
    networks: tuple[str, ...]
    media: tuple[str, ...]
    qty_old: int
    qty_new: int
    unit_old: Fraction | None
    unit_new: Fraction | None
    from_quantity: Fraction | None
    from_mix: Fraction | None
    from_price: Fraction | None
    replaced_by: str = ""

    @property
    def cost_old(self) -> Fraction | None:
        """Return what the old bill has for it; nothing is certain where it had none."""
        return _cost(self.qty_old, self.unit_old)

    @property
    def cost_new(self) -> Fraction | None:
        """Return what the new bill has for it."""
        return _cost(self.qty_new, self.unit_new)

    @property
    def cost_delta(self) -> Fraction | None:
        """Return new less old cost."""
        old, new = self.cost_old, self.cost_new
        return None if old is None or new is None else new - old


def _cost(qty: int, unit: Fraction | None) -> Fraction | None:
    if not qty:
        return Fraction(0)
    return None if unit is None else qty * unit


def parts_diff(old: RollUp, new: RollUp) -> list[PartChange]:
    """Return every orderable line of two bills, in the order of the old one, then what is new."""
    before, after = _by_key(old.lines), _by_key(new.lines)
    keys = list(dict.fromkeys([*before, *after]))
    groups: dict[tuple[str, ...], list[Key]] = {}
    for key in keys:
        groups.setdefault(_group(before.get(key) or after[key]), []).append(key)
    found = {key: one for group in groups.values() for key, one in _of_group(group, before, after).items()}
    return [found[key] for key in keys]


def _by_key(lines: Iterable[BomLine]) -> dict[Key, BomLine]:
    return {(line.part, line.length_mm, line.cost_scope): line for line in lines}


def _group(line: BomLine) -> tuple[str, ...]:
    """Return what a part stands for: the same recipe lines of the same networks; a device for itself."""
    category = _category(line)
    alone = line.part if category == "device" or line.cost_scope not in PRICED else ""
    return (line.cost_scope, category, *line.networks, alone)


def _category(line: BomLine) -> str:
    return "+".join(sorted({row.line for row in line.quantities}))


def _of_group(
    keys: Sequence[Key], before: Mapping[Key, BomLine], after: Mapping[Key, BomLine]
) -> dict[Key, PartChange]:
    total_old = sum(before[key].qty for key in keys if key in before)
    total_new = sum(after[key].qty for key in keys if key in after)
    growth = Fraction(total_new, total_old) if total_old else None
    gone = [key for key in keys if key not in after]
    come = [key for key in keys if key not in before]
    successor = come[0] if len(come) == 1 and gone and not {key[0] for key in gone} & {come[0][0]} else None
    return {
        key: _changed(before.get(key), after.get(key), growth, successor if key in gone else None)
        for key in keys
    }


def _changed(
    old: BomLine | None, new: BomLine | None, growth: Fraction | None, successor: Key | None
) -> PartChange:
    line = old or new
    assert line  # noqa: S101 - a key is that of a line of one bill at least
    was, now = (old.qty if old else 0), (new.qty if new else 0)
    unit_old, unit_new = _unit(old), _unit(new)
    p, q = (unit_old if old else unit_new), (unit_new if new else unit_old)
    quantity, mix, price = _effects(was, now, p, q, growth)
    return PartChange(
        change=_kind(was, now, unit_old, unit_new, successor),
        part=line.part,
        length_mm=line.length_mm,
        cost_scope=line.cost_scope,
        category=_category(line),
        networks=line.networks,
        media=line.media,
        qty_old=was,
        qty_new=now,
        unit_old=unit_old,
        unit_new=unit_new,
        from_quantity=quantity,
        from_mix=mix,
        from_price=price,
        replaced_by=successor[0] if successor else "",
    )


def _unit(line: BomLine | None) -> Fraction | None:
    return line.unit.base if line and line.unit and line.cost_scope in PRICED else None


def _effects(
    was: int, now: int, p: Fraction | None, q: Fraction | None, growth: Fraction | None
) -> tuple[Fraction | None, Fraction | None, Fraction | None]:
    """Return the effects of quantity, mix and price; unknown where a price is."""
    if p is None or q is None:
        return None, None, None
    if growth is None:
        return now * p, Fraction(0), now * (q - p)
    return (growth - 1) * was * p, (now - was * growth) * p, now * (q - p)


def _kind(
    was: int, now: int, unit_old: Fraction | None, unit_new: Fraction | None, successor: Key | None
) -> Change:
    if not was:
        return "added"
    if not now:
        return "substituted" if successor else "removed"
    priced = unit_old != unit_new
    if was != now:
        return "qty+price" if priced else "qty"
    return "price" if priced else "unchanged"
