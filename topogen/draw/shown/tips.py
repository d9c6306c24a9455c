"""What shows under the pointer: name, count, medium, lengths, parts and money; and what a click looks for.

A tip has one fact a line. A key says which rows of the tables belong to a mark: names of parts or link
groups, `` | `` between those that are shown together, ``; `` before the names for a table that has none of
those before.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topogen.catalog.pricing import NOTHING, plus, unit_price
from topogen.draw.shown.words import medium_name, span, strands_of
from topogen.model.length_histogram import UNKNOWN_MM
from topogen.records import dataclass
from topogen.takeoff.bill import COUNTED
from topogen.units import format_count, format_fixed, format_rate_long

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from topogen.model.devices import DeviceGroup
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup
    from topogen.takeoff.quantities import Quantity
    from topogen.takeoff.roll_up import RollUp
    from topogen.units import Triple

MOST_PARTS = 4
"""Parts of a link group that a tip names."""


class Tip(NamedTuple):
    """What shows under the pointer, and what a click filters the tables of a page by: ``Box(..., *tip)``."""

    tip: str
    key: str


@dataclass(frozen=True, eq=False)
class Tips:
    """Writes the tips of one fabric; what is the same for many marks is worked out once."""

    fabric: Fabric
    roll_up: RollUp

    def links(
        self,
        link: LinkGroup,
        count: int | None = None,
        where: str = "",
        span_mm: tuple[int, int] | None = None,
    ) -> Tip:
        """Return the tip of some links of a group, of all without a ``count``.

        ``where`` says between what they are; ``span_mm`` are their shortest and longest length, where these
        are not those of the whole group.
        """
        number = link.count if count is None else count
        some = f" of {format_count(link.count)}" if number < link.count else ""
        head = f"{link.name}: {format_count(number)}{some} x {format_rate_long(link.rate)} per direction"
        long = "" if self._kinds(link) == ["board"] else _lengths(link, span_mm)
        parts, key = self._of_links[link.name]
        of_all = ""
        if some and not span_mm and " to " in long:
            of_all, long = long, ""
        facts = (self._medium(link), long, strands_of(self.fabric, link, number))
        whole = "; ".join(one for one in (of_all, parts) if one)
        bought = f"all {format_count(link.count)}: {whole}" if some and whole else parts
        lines = (head, where, ", ".join(one for one in facts if one), bought)
        return Tip("\n".join(line for line in lines if line), key)

    def several(self, groups: Sequence[tuple[int, int]], where: str) -> Tip:
        """Return the tip of links of several groups; ``groups`` has the number and the links of each."""
        found = [self.links(self.fabric.links[number], count) for number, count in groups]
        keys = [one.key.partition("; ") for one in found]
        names, parts = (" | ".join(dict.fromkeys(one[at] for one in keys if one[at])) for at in (0, 2))
        parts = " | ".join(dict.fromkeys(filter(None, parts.split(" | "))))
        return Tip("\n".join((where, *(one.tip for one in found))), "; ".join(filter(None, (names, parts))))

    def part(self, name: str, count: int, where: str = "") -> Tip:
        """Return the tip of some pieces of a part."""
        part = self.fabric.catalog.parts[name]
        total = sum(line.qty for line in self.roll_up.lines if line.part == name)
        some = f" of {format_count(total)}" if count < total else ""
        each = unit_price(self.fabric.catalog, name).usd
        metre = part.price_per_m_usd
        priced = (f"{_usd(each)} each" if each else "", f"{_usd(metre)} a metre" if metre else "")
        money = " and ".join(filter(None, priced)) or "no price"
        lines = (f"{format_count(count)}{some} {name}", where, part.description, money)
        return Tip("\n".join(line for line in lines if line), name)

    def devices(self, group: DeviceGroup, count: int, where: str = "") -> Tip:
        """Return the tip of some devices of a group."""
        bought = self.part(group.type.part, count, where) if group.type.part else None
        head = f"{format_count(count)} {group.label}"
        if not bought:
            return Tip("\n".join(line for line in (head, where) if line), group.label)
        return Tip(f"{head}\n{bought.tip}", f"{group.type.part}; {group.label}")

    def thing(self, name: str, count: int, where: str = "", network: str = "") -> Tip:
        """Return the tip of what is counted by name: a part if for a ``network``, else devices by label."""
        group = None if network else self._by_label.get(name)
        return self.devices(group, count, where) if group else self.part(name, count, where)

    def box(
        self, head: str, devices: Mapping[str, int], parts: Mapping[str, int], groups: Iterable[str]
    ) -> Tip:
        """Return the tip of a box of a graph: a line for each kind of device and each part in it.

        ``devices`` are counted by label, ``parts`` by name; ``groups`` are the link groups that end in it.
        """
        held = [self.devices(self._by_label[label], count) for label, count in devices.items() if count]
        held += [self.part(name, count) for name, count in parts.items() if count]
        bought = dict.fromkeys(one.key.partition("; ")[0] for one in held)
        labels = [label for label, count in devices.items() if count]
        keys = (" | ".join(names) for names in (bought, labels, groups))
        lines = (one.tip.replace("\n", ", ") for one in held)
        return Tip("\n".join((head, *lines)), "; ".join(key for key in keys if key))

    def links_of_part(self, name: str) -> list[LinkGroup]:
        """Return the links that use a part."""
        groups = dict.fromkeys(
            one for row in self.roll_up.quantities if row.part == name for one in row.groups
        )
        return [link for link in self.fabric.links if link.name in groups]

    def _kinds(self, link: LinkGroup) -> list[str]:
        return list(dict.fromkeys(self.fabric.catalog.media[name].kind for name in link.media or ()))

    def _medium(self, link: LinkGroup) -> str:
        kinds = self._kinds(link)
        return f"{medium_name(link)} ({' to '.join(kinds)})" if kinds else "no medium"

    @cached_property
    def _by_label(self) -> dict[str, DeviceGroup]:
        return {group.label: group for group in self.fabric.groups}

    @cached_property
    def _of_links(self) -> dict[str, tuple[str, str]]:
        """Return the parts and money of each link group, and its key."""
        rows: dict[str, list[Quantity]] = {link.name: [] for link in self.fabric.links}
        for row in self.roll_up.quantities:
            for name in row.groups:
                rows[name].append(row)
        return {name: self._bought(name, found) for name, found in rows.items()}

    def _bought(self, name: str, rows: Iterable[Quantity]) -> tuple[str, str]:
        pieces: dict[str, int] = {}
        usd, lacking, others = NOTHING, False, dict[str, None]()
        for row in rows:
            unit = unit_price(self.fabric.catalog, row.part, row.length_mm).usd if row.part else None
            if row.part:
                pieces[row.part] = pieces.get(row.part, 0) + row.qty
            if row.cost_scope in COUNTED:
                lacking |= unit is None
                usd = plus(usd, unit, Fraction(row.qty)) if unit else usd
            others |= dict.fromkeys(one for one in row.groups if one != name)
        key = "; ".join((name, " | ".join(pieces))) if pieces else name
        if not pieces:
            return "", key
        shown = [f"{format_count(count)} {part}" for part, count in list(pieces.items())[:MOST_PARTS]]
        more = [f"{len(pieces) - MOST_PARTS} more"] if len(pieces) > MOST_PARTS else []
        shared = f", some shared with {', '.join(others)}" if others else ""
        least = "at least " if lacking and usd.base else ""
        money = f"{least}{_usd(usd)}" if usd.base or not lacking else "no price"
        return f"{', '.join([*shown, *more])}{shared}: {money}", key


def _lengths(link: LinkGroup, span_mm: tuple[int, int] | None) -> str:
    """Return how long links are."""
    known = span_mm if span_mm and min(span_mm) >= 0 else None if span_mm else link.lengths.span_mm
    if known is None:
        return "length unknown"
    some = not span_mm and bool(np.any(link.lengths.mm == UNKNOWN_MM))
    return f"{span(*known)}{', some lengths unknown' if some else ''}"


def _usd(value: Triple) -> str:
    """Return an amount with its range.

    >>> from topogen.units import Triple
    >>> _usd(Triple(Fraction(900), Fraction(1000), Fraction(1200))), _usd(Triple(None, Fraction(1, 2), None))
    ('USD 1,000 (900 to 1,200)', 'USD 0.50')
    """
    base, low, high = _amount(value.base), value.low, value.high
    if low is None or high is None or low >= high:
        return f"USD {base}"
    return f"USD {base} ({_amount(low)} to {_amount(high)})"


def _amount(usd: Fraction) -> str:
    return format_fixed(usd, 2) if usd < 10 else format_count(round(usd))  # noqa: PLR2004 - cents still matter
