"""Texts for counts, names, lengths and media that several diagrams share."""

from __future__ import annotations

from collections import Counter
from string import ascii_letters
from typing import TYPE_CHECKING

from topogen.media.medium import links_fibres, links_pairs
from topogen.palette import family_of
from topogen.units import count_words, format_count, format_decimal, format_rate, to_metres

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from topogen.catalog.model import Medium
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup

FAMILY_WORDS = {
    "copper": "copper",
    "board": "copper on a board",
    "module": "light, pluggable modules",
    "cable": "light, optical cable",
    "engine": "light, engines fed by ELS",
    "own_laser": "light, engines with lasers",
    "no_medium": "no medium",
}
"""What a legend calls the media of a family."""

SHORT_FAMILIES = {
    "copper": "copper",
    "board": "copper",
    "module": "modules",
    "cable": "optical cable",
    "engine": "engines",
    "own_laser": "engines",
    "no_medium": "no medium",
}
"""The same beside a line."""

ROLE_WORDS = {"gpu": "GPU", "cpu": "CPU", "nic": "NIC", "switch": "switch", "ocs": "optical switch"}
"""What a device is, by its role."""

CARRIERS = {"copper": "copper", "board": "board", "optical": "light"}
"""What carries the signal of a kind of medium."""

LINE_LENGTH = 44
"""Characters a line of a box holds before it is broken."""

BOX_LINE = 24
"""Characters a line of a box holds where several boxes stand side by side."""

BESIDE_LINE = 21
"""Characters that stand beside a line before they are broken."""

SHORT_LIST = 4
"""Up to this number names are listed, or runs of names; of more the first and how many more."""

SHORT_RUN = 3
"""From so many names in order on, a run is written with its ends."""


def number_in(name: str) -> str:
    """Return a name without the letters before its number, whole where it has none.

    >>> number_in("leaf12"), number_in("rack-a"), number_in("r1b")
    ('12', 'rack-a', '1b')
    """
    return name.lstrip(f"{ascii_letters}_-") or name


def listed(counts: Mapping[str, int]) -> str:
    """Return counts as text: ``4 gpu, 2 cpu``.

    >>> listed({"gpu": 1296, "cpu": 0})
    '1,296 gpu'
    """
    return ", ".join(f"{format_count(count)} {name}" for name, count in counts.items() if count)


def kinds_listed(counts: Mapping[str, int]) -> str:
    """Return kinds of devices with their numbers as a sentence has them, by the last part of their labels.

    >>> kinds_listed({"nic": 8, "compute/leaf": 1}), kinds_listed({"a/leaf": 2, "b/leaf": 2, "q3450": 2})
    ('8 NICs and 1 leaf', '2 a leaves, 2 b leaves and 2 x q3450')
    """
    found = {label: count for label, count in counts.items() if count}
    short = Counter(label.rpartition("/")[2] for label in found)
    words = [
        _kind_words(count, last if short[last := label.rpartition("/")[2]] == 1 else label.replace("/", " "))
        for label, count in found.items()
    ]
    return " and ".join(one for one in (", ".join(words[:-1]), *words[-1:]) if one)


def _kind_words(count: int, name: str) -> str:
    """Return a number of devices of one kind; a name that ends in a digit has no plural."""
    noun = ROLE_WORDS.get(name, name)
    if count == 1:
        return f"1 {noun}"
    if noun[-1].isdecimal():
        return f"{format_count(count)} x {noun}"
    return count_words(count, noun)


def span_of_counts(low: int, high: int) -> str:
    """Return a count, or from where to where it goes.

    >>> span_of_counts(720, 792)
    '720 to 792'
    """
    return format_count(low) if low == high else f"{format_count(low)} to {format_count(high)}"


def wrapped(text: str, width: int = LINE_LENGTH, between: str = ", ") -> list[str]:
    """Return a list broken into lines after commas.

    >>> wrapped("4 gpu, 2 cpu, 4 nic", 14)
    ['4 gpu, 2 cpu,', '4 nic']
    """
    lines: list[str] = []
    for piece in text.split(between) if text else ():
        if lines and len(lines[-1]) + len(piece) + len(between) <= width:
            lines[-1] += f"{between}{piece}"
        else:
            lines.append(piece)
    return [f"{line}{between.rstrip()}" for line in lines[:-1]] + lines[-1:]


def named(names: Sequence[str]) -> str:
    """Return exactly these names: runs of numbers by their ends, and of many the first and how many more.

    >>> named(["c3", "c7", "c8"]), named([f"net/spine{n}" for n in range(16)])
    ('c3, c7, c8', 'net/spine0 to spine15')
    >>> named(["a0", "a1", "a2", "b7"]), named([f"c{n}" for n in range(1, 21, 2)])
    ('a0 to a2, b7', 'c1, c3, c5 and 7 more')
    """
    runs: list[list[str]] = []
    for name in names:
        if runs and _follows(runs[-1][-1], name):
            runs[-1].append(name)
        else:
            runs.append([name])
    pieces = [
        piece
        for run in runs
        for piece in ([(_run_words(run), len(run))] if len(run) >= SHORT_RUN else [(name, 1) for name in run])
    ]
    if len(pieces) <= SHORT_LIST:
        return ", ".join(words for words, _ in pieces)
    shown = pieces[: SHORT_LIST - 1]
    left = len(names) - sum(count for _, count in shown)
    return f"{', '.join(words for words, _ in shown)} and {format_count(left)} more"


def _follows(name: str, other: str) -> bool:
    """Return whether a name is the next after another: the same but for a number one higher."""
    stem = name.rstrip("0123456789")
    number, after = name.removeprefix(stem), other.removeprefix(stem)
    known = other.startswith(stem) and number.isdecimal() and after.isdecimal()
    return known and int(after) == int(number) + 1 and (len(after) == len(number) or number[0] != "0")


def _run_words(run: Sequence[str]) -> str:
    around, _, own = run[-1].rpartition("/")
    short = own if run[0].rpartition("/")[0] == around else run[-1]
    return f"{run[0]} to {short}"


def edge_words(fabric: Fabric, link: LinkGroup, links: int, *more: str) -> tuple[str, ...]:
    """Return what stands at a line: how many links of what rate, what they are made of, and ``more``."""
    made_of = _made_of(fabric, link) if link.media else (link.name,)
    return tuple(
        word for word in (f"{format_count(links)} x {format_rate(link.rate)}", *made_of, *more) if word
    )


def _made_of(fabric: Fabric, link: LinkGroup) -> tuple[str, ...]:
    """Return a medium with what it is in plain words, unless its name says that; if long in two lines."""
    media = [fabric.catalog.media[name] for name in dict.fromkeys(link.media or ())]
    words = " to ".join(dict.fromkeys(SHORT_FAMILIES[family_of(one)] for one in media))
    name = medium_name(link)
    if words in name.replace("_", " "):
        return (name,)
    both = f"{name} ({words})"
    return (both,) if len(both) <= BESIDE_LINE else (name, f"({words})")


def outside_title(label: str) -> str:
    """Return the title of a box for what a file names and does not describe.

    >>> outside_title("leaf")
    'outside: leaf'
    """
    return f"outside: {label}"


def role_words(role: str, name: str) -> str:
    """Return what a device is, unless its name says it.

    >>> role_words("switch", "box"), role_words("gpu", "gpu"), role_words("switch", "nvswitch")
    ('switch', '', '')
    """
    words = ROLE_WORDS.get(role, role)
    return "" if words.lower() in name.lower() else words


def badge_words(link: LinkGroup, links: int, where: str) -> str:
    """Return what a box says of the links inside it."""
    return f"{format_count(links)} x {format_rate(link.rate)} {where} ({link.name})"


def medium_name(link: LinkGroup) -> str:
    """Return what links are made of; where the ends differ, a before b."""
    return " to ".join(dict.fromkeys(link.media)) if link.media else "no medium"


def strands_of(fabric: Fabric, link: LinkGroup, links: int) -> str:
    """Return the pairs or fibres of some links of a group; nothing on a board."""
    pairs, fibres = links_pairs(fabric, link), links_fibres(fabric, link)
    if fibres:
        return f"{format_count(links * fibres // link.count)} fibres"
    on_board = link.media and fabric.catalog.media[link.media[0]].kind == "board"
    return "" if on_board or not pairs else f"{format_count(links * pairs // link.count)} pairs"


def span(low_mm: int, high_mm: int) -> str:
    """Return lengths from a shortest to a longest.

    >>> span(620, 620), span(620, 4500)
    ('0.62 m', '0.62 to 4.5 m')
    """
    low, high = (format_decimal(to_metres(mm), 2) for mm in (low_mm, high_mm))
    return f"{low} m" if low == high else f"{low} to {high} m"


def medium_words(media: Mapping[str, Medium], name: str) -> str:
    """Return the legend text of a medium."""
    medium = media[name]
    if medium.kind == "board":
        return f"{name}: copper on a board or midplane, no cable"
    if medium.kind == "copper":
        return f"{name}: copper"
    interface = f", {medium.interface.upper()}" if medium.interface else ""
    if "engine" in medium.recipe:
        return f"{name}: optical engines next to the chip{interface}"
    pluggable = any(line.per == "end" for line in medium.recipe.values())
    return f"{name}: {'pluggable modules' if pluggable else 'optical cable'}{interface}"


def with_type(name: str, kind: str) -> str:
    """Return a name with its type behind it, unless the name says it.

    >>> with_type("r1", "nvl72"), with_type("canister0", "canister")
    ('r1 (nvl72)', 'canister0')
    """
    return name if kind in name else f"{name} ({kind})"


def carried_by(fabric: Fabric, link: LinkGroup) -> str:
    """Return what carries a signal: copper, light, a board, or two of them; nothing without a medium."""
    kinds = dict.fromkeys(fabric.catalog.media[name].kind for name in link.media or ())
    return " to ".join(CARRIERS[kind] for kind in kinds)
