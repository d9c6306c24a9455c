"""What can be built and yet looks mistaken: sizes that do not fit what is known, or that nobody meant."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.port_uses import links_of_users, port_uses, says_what_stays_free
from topogen.model.fabric import FREE, place_ids
from topogen.model.runs import distinct
from topogen.units import format_bandwidth, format_count, format_rate_long
from topogen.wiring import link_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.errors import Path, Problems
    from topogen.model.arrays import Ints
    from topogen.model.devices import DeviceGroup, Port
    from topogen.model.fabric import Fabric

SLIPS = {
    Fraction(2): "are both directions added up? lane_rate is per direction",
    Fraction(1, 2): "is one direction given where both are meant? per_dir is half of bidir",
    Fraction(8): "is Gb/s written as GB/s? 1 byte = 8 bits",
    Fraction(1, 8): "is GB/s written as Gb/s? 1 byte = 8 bits",
    Fraction(4): "is Gb/s per_dir written as GB/s bidir? 1 GB/s bidir = 4 Gb/s per_dir",
    Fraction(1, 4): "is GB/s bidir written as Gb/s per_dir? 1 GB/s bidir = 4 Gb/s per_dir",
}
"""Ratio of given to expected bandwidth, and the likely mistake."""


def warn_of_doubts(fabric: Fabric, problems: Problems) -> None:
    """Warn of designs that are valid but rarely intended, unless the file states that they are."""
    _warn_of_bandwidth(fabric, problems)
    _warn_of_dies(fabric, problems)
    _warn_of_uneven_loads(fabric, problems)
    _warn_of_default_lengths(fabric, problems)


# Bandwidth against the catalog


def _warn_of_bandwidth(fabric: Fabric, problems: Problems) -> None:
    """Warn of devices whose port bandwidth per network differs from that of their part in the catalog."""
    seen = set()
    for index, group in enumerate(fabric.groups):
        part = fabric.catalog.parts.get(group.type.part or "")
        if part is None or group.type.name in seen:
            continue
        seen.add(group.type.name)
        for network, stated in part.bandwidth.items():
            kinds = list(_kinds_in(fabric, index, group, network))
            total = sum(kind.count * (kind.rate or 0) for kind in kinds)
            if total and total != stated:
                sum_up = " + ".join(_port_words(kind) for kind in kinds)
                message = (
                    f"{sum_up} = {format_bandwidth(total)}, but the catalog gives {format_bandwidth(stated)} "
                    f"of {network} bandwidth for {part.id} (ratio {float(Fraction(total, stated)):.3g})"
                )
                hint = SLIPS.get(
                    Fraction(total, stated), "compare count, lanes and lane_rate with the data sheet"
                )
                problems.add("W102", message, ("devices", group.type.name, "ports", kinds[0].name), hint)


def _kinds_in(fabric: Fabric, index: int, group: DeviceGroup, network: str) -> Iterator[Port]:
    """Yield the port groups of a device of which a link of the network uses some."""
    for port, kind in enumerate(group.type.ports):
        users = distinct(fabric.ports[index, port].rows)
        if any(fabric.links[user // 2].network == network for user in users[users != FREE].tolist()):
            yield kind


def _port_words(kind: Port) -> str:
    return f"{format_count(kind.count)} {kind.name} x {format_rate_long(kind.rate or 0)}"


# Dies and packages


def _warn_of_dies(fabric: Fabric, problems: Problems) -> None:
    """Warn of packages with several dies, unless the file states the expected number of packages."""
    counts: Counter[str] = Counter()
    for group in fabric.groups:
        if group.type.role == "gpu" and (group.type.dies or 1) > 1:
            counts[group.type.name] += group.count
    expected = {key.split()[0].split("/")[-1] for key in fabric.spec.expect.devices}
    for name, count in counts.items():
        dies = fabric.spec.devices[name].dies or 1
        if name not in expected and not _is_included(fabric, ("devices", name)):
            each, all_dies = format_count(count), format_count(count * dies)
            message = f"{each} {name} with {dies} dies each count as {each} GPUs, not {all_dies}"
            hint = f"if packages are meant, add expect: {{devices: {{{name}: {count}}}}}"
            problems.add("W103", message, ("devices", name, "dies"), hint)


def _is_included(fabric: Fabric, path: Path) -> bool:
    """Return whether a key is in another file than the name of the fabric."""
    mark, own = fabric.marks.find(path), fabric.marks.find(("name",))
    return mark is not None and own is not None and mark.file != own.file


# Loads that do not divide


def _warn_of_uneven_loads(fabric: Fabric, problems: Problems) -> None:
    """Warn of planes and rails that give some devices in a place more links than others."""
    for name, link in fabric.spec.links.items():
        if not link_pattern(link.pattern).is_even:
            continue
        users = [2 * i + 1 for i, made in enumerate(fabric.links) if name in (made.name, made.base)]
        loads = list(_loads(fabric, users, link.within or "fabric"))
        if loads:
            label, (fewest, most) = loads[0]
            message = (
                f"pattern {link.pattern} gives some {label} {format_count(most)} links and others "
                f"{format_count(fewest)}: the ends cannot be divided evenly"
            )
            free = sum(use.free for use in port_uses(fabric) if use.devices == label)
            hint = (
                f"change the number of {label}, or use spread; "
                f"to accept this, add expect: {{free_ports: {{{label}: {free}}}}}"
            )
            problems.add("W205", message, ("links", name), hint)


def _loads(fabric: Fabric, users: list[int], level: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield devices that differ in links inside one place of a level, with the fewest and the most."""
    for index, group in enumerate(fabric.groups):
        if says_what_stays_free(fabric, group.type.name, group.label):
            continue
        links = links_of_users(fabric, index, users)
        if _is_even(links.values):
            continue
        owner = place_ids(fabric, group, level)
        if owner is not None and (differ := _extremes(links.full(), owner)):
            yield group.label, differ


def _is_even(values: Ints) -> bool:
    return bool((values == values[0]).all())


def _extremes(total: Ints, owner: Ints) -> tuple[int, int] | None:
    """Return the fewest and the most links of devices in the first place where they differ."""
    linked = total > 0
    places, where = np.unique(owner[linked], return_inverse=True)
    most = np.zeros(len(places), np.int64)
    fewest = np.full(len(places), np.iinfo(np.int64).max)
    np.maximum.at(most, where, total[linked])
    np.minimum.at(fewest, where, total[linked])
    uneven = np.flatnonzero(most > fewest)
    return (int(fewest[uneven[0]]), int(most[uneven[0]])) if uneven.size else None


# Lengths nobody gave


def _warn_of_default_lengths(fabric: Fabric, problems: Problems) -> None:
    """Warn of links whose length is assumed or unknown, unless the layout says that this is intended."""
    layout = fabric.spec.layout
    if layout and (layout.floor or layout.default_length is not None):
        return
    links = [link for link in fabric.links if link.has_b]
    words = {
        "unknown": "length unknown, because no floor plan places both ends: {}",
        "default": "2 m assumed in a rack without U positions: {}",
    }
    said, first = [], ""
    for basis, text in words.items():
        count: Counter[str] = Counter()
        for link in links:
            count[link.name] += link.lengths.with_basis(basis)
        found = [f"{name} ({format_count(number)} links)" for name, number in count.items() if number]
        said += [text.format(", ".join(found))] if found else []
        first = first or next((name for name, number in count.items() if number), "")
    if said:
        hint = (
            "add layout and slots, or length, before you order cables; "
            "if no floor plan is intended: layout: {floor: none}"
        )
        problems.add("W304", "; ".join(said), _written_at(fabric, first), hint)


def _written_at(fabric: Fabric, name: str) -> Path:
    """Return the key of the layout if there is one, else of a link group, or of the fabric that made it."""
    if fabric.marks.find(("layout",)):
        return ("layout",)
    return ("fabrics", name.split("/", maxsplit=1)[0]) if "/" in name else ("links", name)
