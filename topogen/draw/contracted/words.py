"""What a picture says: the text of boxes, frames, lines and totals, all of it counted elsewhere."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from topogen.fabric import n_gpu_dies
from topogen.media import links_fibres, links_pairs
from topogen.rollup import buildable_rows
from topogen.units import format_count, format_decimal, format_rate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from topogen.catalog import Medium
    from topogen.draw.contracted.standing import Standing
    from topogen.fabric import Fabric, Ints, LinkGroup, PlaceGroup
    from topogen.rollup import RollUp, Totals
    from topogen.takeoff import Quantity
    from topogen.units import Triple

MISSING_MONEY = ("no_part", "no_price", "no_length", "not_sold")

SHORT_LIST = 4
"""So many names are spelled out, more become a range."""

LINE_LENGTH = 44
"""Characters a line of a box holds before it is broken."""


# Boxes


def listed(counts: Mapping[str, int]) -> str:
    """Return counts as people say them: ``4 gpu, 2 cpu``.

    >>> listed({"gpu": 1296, "cpu": 0})
    '1,296 gpu'
    """
    return ", ".join(f"{format_count(count)} {name}" for name, count in counts.items() if count)


def wrapped(text: str, width: int = LINE_LENGTH) -> list[str]:
    """Return a list broken into lines after commas.

    >>> wrapped("4 gpu, 2 cpu, 4 nic", 14)
    ['4 gpu, 2 cpu,', '4 nic']
    """
    lines: list[str] = []
    for piece in text.split(", ") if text else ():
        if lines and len(lines[-1]) + len(piece) + 2 <= width:
            lines[-1] += f", {piece}"
        else:
            lines.append(piece)
    return [f"{line}," for line in lines[:-1]] + lines[-1:]


def ranges(numbers: Sequence[int], prefix: str = "") -> str:
    """Return rising numbers as ranges.

    >>> ranges([11, 12, 13, 28, 30, 31], "U")
    'U11-13, U28, U30-31'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{prefix}{run[0]}" + (f"-{run[-1]}" if len(run) > 1 else "") for run in runs)


def names_of(place: PlaceGroup, numbers: Sequence[int]) -> str:
    """Return the names of places as one short text; a name that comes in several places stands once."""
    entry = place.path[-1].entry
    indices = sorted({number % entry.count for number in numbers})
    each = " in each" if len(indices) < len(numbers) else ""
    first, last = entry.name(indices[0]), entry.name(indices[-1])
    if len(indices) <= SHORT_LIST:
        return ", ".join(map(entry.name, indices)) + each
    among = "" if indices[-1] - indices[0] == len(indices) - 1 else "among "
    return f"{among}{first} to {last}{each}"


def row_of(names: Sequence[str]) -> str:
    """Return names of different kinds in a row, a long one by its ends."""
    if len(names) <= SHORT_LIST:
        return ", ".join(names)
    return f"{len(names)} among {names[0]} to {names[-1]}"


def units_of(fabric: Fabric, node: Ints, nodes: Ints) -> str:
    """Return the U positions of nodes in their rack; empty where not all stand in one rack at a known U."""
    devices = np.flatnonzero(np.isin(node, nodes))
    racks, units = fabric.sites.rack[devices], fabric.sites.unit[devices]
    if not len(devices) or (units < 0).any() or (racks != racks[0]).any():
        return ""
    return ranges(np.unique(units).tolist(), "U")


def part_words(part: str, networks: Mapping[str, int]) -> list[str]:
    """Return how many of a part, network by network where there are two.

    >>> part_words("els8", {"scale_up": 324, "scale_out": 72})
    ['396 els8:', '324 scale_up', '72 scale_out']
    """
    total = f"{format_count(sum(networks.values()))} {part}"
    if len(networks) == 1:
        return [total]
    return [f"{total}:", *(listed({network: count}) for network, count in networks.items())]


# Lines between boxes


def medium_name(link: LinkGroup) -> str:
    """Return what links are made of; where the ends differ, a before b."""
    return " to ".join(dict.fromkeys(link.media)) if link.media else "no medium"


def inside_words(link: LinkGroup, links: Ints) -> str:
    """Return the links of a group inside one of some alike places; ``links`` has shape (places,)."""
    low, high = int(links.min()), int(links.max())
    count = format_count(low) if low == high else f"{format_count(low)} to {format_count(high)}"
    return f"{count} x {format_rate(link.rate)} {medium_name(link)} ({link.name})"


def bundle_words(fabric: Fabric, link: LinkGroup, links: Ints, suffix: str = "") -> tuple[str, ...]:
    """Return what stands at a line that merges bundles of ``links`` links, shape (bundles,).

    Many short lines: the text of a line stands beside it and must not leave the frame.
    """
    total = int(links.sum())
    words = [f"{format_count(total)} x {format_rate(link.rate)}", medium_name(link)]
    words += [f"{link.name}{suffix}", f"{link.network}, tier {link.tier}"]
    low, high = int(links.min()), int(links.max())
    if len(links) > 1 and high > 1:
        size = format_count(low) if low == high else f"{format_count(low)} to {format_count(high)}"
        words.append(f"{format_count(len(links))} bundles of {size}")
    words += [_strands(fabric, link, total), _lengths(link) if total == link.count else ""]
    return tuple(word for word in words if word)


def _strands(fabric: Fabric, link: LinkGroup, links: int) -> str:
    """Return the pairs or fibres of some links of a group; nothing on a board."""
    pairs, fibres = links_pairs(fabric, link), links_fibres(fabric, link)
    if fibres:
        return f"{format_count(links * fibres // link.count)} fibres"
    on_board = link.media and fabric.catalog.media[link.media[0]].kind == "board"
    return "" if on_board or not pairs else f"{format_count(links * pairs // link.count)} pairs"


def _lengths(link: LinkGroup) -> str:
    """Return from where to where the lengths of a group go; nothing where one is unknown or all are 0."""
    lengths = [one.length_mm for one in link.lengths if one.length_mm is not None]
    if len(lengths) < len(link.lengths) or not any(lengths):
        return ""
    low, high = (format_decimal(Fraction(mm, 1_000), 2) for mm in (min(lengths), max(lengths)))
    guessed = " (default)" if any(one.basis == "default" for one in link.lengths) else ""
    return (f"{low} m" if low == high else f"{low} to {high} m") + guessed


# Totals


def title_of(fabric: Fabric) -> str:
    """Return name and title; both where they differ."""
    title = fabric.spec.title
    return f"{fabric.name}: {title}" if title else fabric.name


def alert_of(fabric: Fabric) -> str:
    """Return what nobody may overlook about the system."""
    reported = fabric.spec.status == "reported"
    return " STATUS: REPORTED - said by press or analysts, not announced by the maker " if reported else ""


def heading_lines(fabric: Fabric, roll_up: RollUp, level: str) -> tuple[str, ...]:
    """Return status, scenario, totals and how they are counted."""
    status = f"status {fabric.spec.status or 'not stated'}"
    scenario = f"scenario {fabric.scenario}" if fabric.scenario else "no scenario: the file as it stands"
    totals = roll_up.totals
    return (
        f"{status}  |  {scenario}  |  drawn by {level}",
        _counts(totals),
        _cost(roll_up),
        _basis(fabric),
    )


def _counts(totals: Totals) -> str:
    engines = format_count(totals.engines_fitted)
    if totals.engines_active != totals.engines_fitted:
        engines += f" ({format_count(totals.engines_active)} active)"
    return "  |  ".join(
        (
            f"GPUs {format_count(totals.gpus)}",
            f"links {format_count(totals.links)}",
            f"optical engines {engines}",
            f"ELS {format_count(totals.els)}",
            f"lasers in ELS {_whole(totals.lasers)}",
            f"data fibres {format_count(totals.fibres)}",
        )
    )


def _whole(value: Fraction) -> str:
    return format_count(int(value)) if value.denominator == 1 else format_decimal(value, 1)


def usd(value: Fraction) -> str:
    """Return dollars without cents."""
    return format_count(round(value))


def _range(value: Triple) -> str:
    if value.low is None or value.high is None or value.low == value.high:
        return ""
    return f" ({usd(value.low)} to {usd(value.high)})"


def _cost(roll_up: RollUp) -> str:
    cost = roll_up.totals.cost_usd
    bought = {line.part for line in roll_up.lines if line.cost_scope == "interconnect"}
    open_ends = [
        gap for gap in roll_up.gaps if gap.reason in MISSING_MONEY and (gap.part in bought or gap.groups)
    ]
    if not bought:
        return "interconnect: nothing is bought"
    at_least, gpus = "at least " if open_ends else "", roll_up.totals.gpus
    total = f"interconnect {at_least}USD {usd(cost.base)}{_range(cost)}"
    return f"{total}  |  {at_least}USD {usd(cost.base / gpus)} a GPU" if gpus else total


def _basis(fabric: Fabric) -> str:
    dies = n_gpu_dies(fabric)
    gpus = f"; a GPU is a package ({format_count(dies)} dies in all)" if dies else ""
    far = "; far ends outside are shown, never bought" if any(not link.has_b for link in fabric.links) else ""
    return f"counted as modelled: both ends, all tiers{gpus}{far}"


# Notes


def medium_words(media: Mapping[str, Medium], name: str) -> str:
    """Return what the legend says of a medium."""
    medium = media[name]
    how = {"copper": "copper", "board": "on a board or midplane, nothing is pulled"}.get(medium.kind)
    if how is None:
        how = "optical, engines beside the chip" if "engine" in medium.recipe else "optical, modules in cages"
        how += f", speaks {medium.interface}" if medium.interface else ""
    return f"{name}: {how}"


def notes_of(roll_up: RollUp, elsewhere: Iterable[Standing]) -> tuple[str, ...]:
    """Return what is said below the legend: parts that stand in no box, and what can really be fitted."""
    notes = [
        f"not in a box: {format_count(one.total)} {one.part} for {one.network}, counted per {one.level}"
        for one in elsewhere
    ]
    rows = [row for row in buildable_rows(roll_up.quantities) if row.line in ("engine", "els")]
    return (*notes, *(_buildable(row) for row in rows))


def _buildable(row: Quantity) -> str:
    return (
        f"buildable, nothing split: {format_count(row.buildable or 0)} {row.part} in {row.network}, "
        f"rounded per {row.buildable_scope} (published: {format_count(row.qty)})"
    )
