"""Quantities: what can be asked of a fabric, each written as one checked key.

A figure is ``KIND.KEY``, its key narrowed by ``at SELECTOR`` or ``in NETWORK``, such as ``links.nvl at r1``
or ``content.lumentum in scale_up``. ``per UNIT`` divides it, and ``A / B`` is a ratio of two.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, get_args

from topogen.errors import nearest
from topogen.language.device import RoleWord
from topogen.language.fields import NetworkWord
from topogen.records import dataclass
from topogen.selector import parse_selector
from topogen.units import ReadError

if TYPE_CHECKING:
    from collections.abc import Sequence

SCOPES = ("interconnect", "network_device", "host", "system")
STATISTICS = ("min", "mean", "max", "total", "pair_total")
NETWORKS = get_args(NetworkWord)
BASIS_WORDS = ("one_end", "nic_only")
"""Words of a count basis: one end of each link, and only ends at NICs; without them, all of both."""

PIECES = (
    "engines",
    "els",
    "modules",
    "optical_units",
    "laser_fibres",
    "bandwidth_ends",
    "optical_bandwidth_ends",
)
"""Kinds counted on a count basis: ``engines.scale_up one_end``."""

NARROWED: dict[str, tuple[str, ...]] = {
    "devices": (),
    "links": ("at",),
    "cables": ("at",),
    "pairs": ("at",),
    "fibres": ("at",),
    "parts": ("in",),
    "free_ports": (),
    "oversubscription": ("at",),
    "hops": ("at",),
    "bisection": (),
    "racks": (),
    "power_w": ("in",),
    "cost_usd": ("in",),
    "lasers": ("in",),
    "procurement": ("in",),
    "content": ("in",),
    "layers": ("in",),
    **dict.fromkeys(PIECES, ()),
    "media": (),
    "length": (),
}
"""Kinds of figures, and the words that narrow their keys."""

TWO_KEYS = ("media", "length")
"""Kinds with two keys: the last word after a dot is the second, such as a medium."""
WHOLE = ("links", "cables", "pairs", "fibres", "racks", "power_w", "cost_usd", "lasers", *PIECES)
"""Kinds that are also a figure of the whole fabric, without a key."""
STATISTICS_OF = {"oversubscription": ("least", "mean", "most")}

UNITS = ("gpu", "die", "engine", "els", "rack", "switch", "link", "optical link")
"""What ``per`` divides by. ``optical link`` also narrows to what optical links take."""
OWNED = ("parts", "power_w", "cost_usd", "lasers", "procurement", "content", "layers", *PIECES[:5])
"""Kinds that can be narrowed to what optical links take."""


RATIO, PIECES_UNIT = "ratio", "pieces"
UNIT_OF = {
    "links": "links",
    "media": "links",
    "hops": "links",
    "free_ports": "ports",
    "oversubscription": RATIO,
    "bisection": "Gb/s",
    "power_w": "W",
    "cost_usd": "USD",
    "procurement": "USD",
    "content": "USD",
    "layers": "USD",
    "bandwidth_ends": "Tb/s",
    "optical_bandwidth_ends": "Tb/s",
    "length": "m",
}
"""The unit of kinds that are not counted in pieces."""


@dataclass(frozen=True, slots=True)
class Term:
    """A figure: ``kind`` and ``key`` as in ``expect``, and what it is divided by, empty for nothing."""

    kind: str
    key: str
    per: str = ""

    @property
    def unit(self) -> str:
        """Return the unit: that of the kind, and what it is divided by."""
        return UNIT_OF.get(self.kind, PIECES_UNIT) + (f" per {self.per}" if self.per else "")

    def __str__(self) -> str:
        """Return the term as it is written."""
        key = self.key.replace("|", ".") if self.kind in TWO_KEYS else self.key
        return f"{self.kind}{'.' * bool(key)}{key}" + (f" per {self.per}" if self.per else "")


@dataclass(frozen=True, slots=True)
class Ask:
    """A figure, or the ratio of two."""

    above: Term
    below: Term | None = None

    @property
    def terms(self) -> tuple[Term, ...]:
        """Return the figure, or both figures of a ratio."""
        return (self.above,) if self.below is None else (self.above, self.below)

    @property
    def unit(self) -> str:
        """Return the unit, ``ratio`` where like is divided by like.

        >>> [parse_quantity(key).unit for key in ("els", "cost_usd per gpu", "els / racks", "cost_usd / els")]
        ['pieces', 'USD per gpu', 'ratio', 'USD / pieces']
        """
        units = [term.unit for term in self.terms]
        return RATIO if len(set(units)) < len(units) else " / ".join(units)

    def __str__(self) -> str:
        """Return the quantity as it is written."""
        return " / ".join(map(str, self.terms))


def parse_quantity(text: str) -> Ask:
    """Return what a text asks for.

    A unit at the end of a ratio is that of both sides, unless the first has its own.

    Raises
    ------
    ReadError
        E655 for an unknown kind, E109 and E643 for a key that its kind does not have.

    >>> str(parse_quantity("content.lumentum  /  content.tower per gpu"))
    'content.lumentum per gpu / content.tower per gpu'
    """
    sides = [" ".join(side.split()) for side in text.split(" / ")]
    if len(sides) > len(("A", "B")) or not all(sides):
        raise ReadError("E109", f'"{text}" is not a ratio of two figures', _RATIO_HINT)
    terms = [_read_term(side) for side in sides]
    if len(terms) == 1:
        return Ask(terms[0])
    above, below = terms
    if below.per and not above.per:
        above = _read_term(f"{sides[0]} per {below.per}")
    return Ask(above, below)


_RATIO_HINT = 'write two figures: "parts.els8 / racks"'
_PER = re.compile(r"(.*?) per ([a-z ]+)")


def _read_term(text: str) -> Term:
    divided = _PER.fullmatch(text)
    name, unit = divided.groups() if divided else (text, "")
    kind, key = _split_kind(name)
    if unit and unit not in UNITS:
        raise ReadError("E643", f'"{unit}" is nothing to divide by', nearest(unit, UNITS))
    if unit == "optical link" and kind not in OWNED:
        raise ReadError("E643", f'"{kind}" is not counted per optical link', f"allowed: {', '.join(OWNED)}")
    return Term(kind, key, unit)


def _split_kind(text: str) -> tuple[str, str]:
    """Return the kind of a figure and its key, checked."""
    kind = re.split(r"[. ]", text, maxsplit=1)[0]
    if kind not in NARROWED:
        raise ReadError("E655", f'no figure "{text}"', nearest(kind, list(NARROWED)))
    rest = text[len(kind) :]
    key = rest.removeprefix(" in ").removeprefix(".").strip()
    if not key and kind not in WHOLE:
        raise ReadError("E655", f'no figure "{text}"', f'write "{kind}.NAME"')
    if kind in TWO_KEYS:
        name, dot, last = key.rpartition(".")
        if not dot or (kind == "length" and last not in STATISTICS):
            last_word = "MEDIUM" if kind == "media" else f"{{{', '.join(STATISTICS)}}}"
            raise ReadError("E655", f'no figure "{text}"', f'write "{kind}.GROUP.{last_word}"')
        return kind, f"{name}|{last}"
    return kind, read_key(kind, key) if key else ""


def read_key(kind: str, text: str) -> str:
    """Return the key of a kind of figure as people write it in ``expect``, checked.

    Raises
    ------
    ReadError
        E109 for a key of another form, E643 for an unknown network, role or scope.
    """
    words = text.split()
    if not words:
        return ""
    if kind == "devices" and words[:1] == ["role"] and len(words) == len(("role", "ROLE")):
        _known(words[1], get_args(RoleWord), "role")
        return " ".join(words)
    if kind in PIECES:
        return " ".join(_basis_words(words))
    name = list(words)
    if len(name) > 1 and name[1] in STATISTICS_OF.get(kind, ()):
        name.pop(1)
    narrowings = NARROWED[kind]
    if len(name) != 1 and (len(name) != len(("NAME", "at", "SEL")) or name[1] not in narrowings):
        forms = [f"NAME {word} {'SELECTOR' if word == 'at' else 'NETWORK'}" for word in narrowings]
        allowed = " or ".join(f'"{form}"' for form in ["NAME", *forms])
        raise ReadError("E109", f'"{text}" is not a key of this figure', f"write {allowed}")
    parse_selector(name[0])
    if name[1:2] == ["at"]:
        parse_selector(name[2])
    elif name[1:2] == ["in"] and kind == "parts":
        _known(name[2], (*NETWORKS, *SCOPES), "network")
    return " ".join(words)


def _basis_words(words: Sequence[str]) -> list[str]:
    """Return a network or link group, if there is one, and words of a count basis in their order."""
    where = [word for word in words if word not in BASIS_WORDS]
    if len(where) > 1:
        hint = 'write "NETWORK one_end nic_only", each word if you mean it'
        raise ReadError("E109", f'"{" ".join(words)}" is not a key of this figure', hint)
    return [*where, *(word for word in BASIS_WORDS if word in words)]


def _known(word: str, known: Sequence[str], what: str) -> None:
    if word not in known:
        raise ReadError("E643", f'"{word}" is not a {what}', nearest(word, known))


def split_narrowing(key: str) -> tuple[str, str]:
    """Return a key and what it is narrowed to: ``GROUP at SEL``, ``PART in NETWORK``."""
    for word in (" at ", " in "):
        name, found, narrowed = key.partition(word)
        if found:
            return name, narrowed
    return key, ""
