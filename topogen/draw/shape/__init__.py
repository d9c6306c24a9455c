"""The shape of a direct network, drawn: whole where it is small, else a part opened beside the pattern."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from topogen.draw.furniture import LEGEND_ROW, rows_of
from topogen.draw.shape.dragonfly import draw_dragonfly
from topogen.draw.shape.dragonfly_plus import draw_dragonfly_plus
from topogen.draw.shape.hx_mesh import draw_hx_mesh
from topogen.draw.shape.hyperx import draw_hyperx
from topogen.draw.shape.lattice import draw_lattice
from topogen.draw.shape.marks import device_colour, pens
from topogen.draw.shape.ring import draw_ring, gpu_word
from topogen.draw.shape.slim_fly import draw_slim_fly
from topogen.draw.shape.wires import belongs, shape_of
from topogen.draw.sheet import BODY, Area, Disc, Figure, Key, Sheet, Stroke
from topogen.draw.shown.case import case_title
from topogen.draw.shown.finding import MOST_FIGURES, alert_words, key_figures
from topogen.draw.shown.tips import Tips
from topogen.draw.shown.words import medium_name, span
from topogen.errors import InputError, Problem
from topogen.takeoff.basis_line import footer_of
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from topogen.draw.shape.marks import Drawn
    from topogen.draw.shape.wires import Shape, Wires
    from topogen.draw.sheet import Mark
    from topogen.graph.selection import Selection
    from topogen.model.devices import DeviceGroup
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

SHAPES: dict[str, Callable[..., Drawn]] = {
    "dragonfly": draw_dragonfly,
    "dragonfly_plus": draw_dragonfly_plus,
    "hx_mesh": draw_hx_mesh,
    "hyperx": draw_hyperx,
    "nd_full_mesh": draw_hyperx,
    "slim_fly": draw_slim_fly,
    "torus": draw_lattice,
    "torus_ocs": draw_lattice,
}
"""What draws each generator; the others are drawn as a ring."""
RINGS = ("jellyfish", "polar_fly", "de_bruijn")
PATTERNS = ("full_mesh", "peers", "ring")
"""Link patterns that join devices among themselves."""

MOST_TOLD, SHORT = 300, 2
"""With more lines than this, a tip has its first lines only: a page stays below a megabyte."""

AREA = Area(BODY.x, BODY.y - 4, BODY.width, BODY.height - 40)
"""So many rows of legend fit below it."""
ROWS = 2
HAIRLINE, LINE = 1.2, 4
"""How wide lines are in the legend."""
SWITCHES = {"ocs": "optical circuit switch", "row": "row switch", "col": "column switch"}
"""What switches are called, by the last word of their role, where that is not a word."""


def draw_shape(fabric: Fabric, roll_up: RollUp, touched: Selection | None = None) -> Sheet:
    """Draw the shape of the direct network of a fabric, of the largest one if there are several.

    Raises
    ------
    InputError
        E697, if no network of it is direct; E698, if nothing of the network is picked.
    """
    name, pattern = _network(fabric)
    shape = shape_of(fabric, name, pattern, fabric.spec.fabrics.get(name), touched)
    if shape.focus < 0:
        hint = f"pick devices of {name}, or leave out --only"
        raise InputError(
            [Problem("E698", f"--only picks no link of {name}, whose shape is drawn", hint=hint)]
        )
    drawn = _drawn(shape, AREA)
    legend = tuple(_legend(shape, drawn))
    if lower := rows_of(legend) - ROWS:
        drawn = _drawn(shape, Area(AREA.x, AREA.y, AREA.width, AREA.height - LEGEND_ROW * max(0, lower)))
    return Sheet(
        fabric.name,
        drawn.title,
        _subtitle(shape, drawn, touched),
        tuple(_told(Tips(fabric, roll_up), shape, drawn.marks)),
        _figures(drawn, key_figures(fabric, roll_up)),
        legend,
        footer_of(fabric, roll_up),
        alert_words(fabric),
    )


def _figures(drawn: Drawn, usual: Sequence[Figure]) -> tuple[Figure, ...]:
    """Return the figures of a shape, then those of every picture that find room; money always does."""
    money = [one for one in usual if one.value.startswith("USD")]
    own = [Figure(value, note) for value, note in drawn.figures][: MOST_FIGURES - len(money)]
    room = MOST_FIGURES - len(own) - len(money)
    rest = [one for one in usual if one not in money]
    kept = rest[:room] + money
    return (*own, *(one for one in usual if one in kept))


def _told(tips: Tips, shape: Shape, marks: Sequence[Mark]) -> Iterator[Mark]:
    """Yield the marks; lines of links say what all pictures say of links, in short where there are many."""
    links = {one.link.name: one.link for one in shape.wires}
    told = None if sum(isinstance(mark, Stroke) for mark in marks) <= MOST_TOLD else SHORT
    for mark in marks:
        if isinstance(mark, Stroke) and mark.key in links and mark.links:
            ends = " to ".join(filter(None, mark.ends))
            tip = tips.links(links[mark.key], mark.links, ends).tip
            yield replace(mark, tip="\n".join(tip.split("\n")[:told]))
        else:
            yield mark


def _drawn(shape: Shape, area: Area) -> Drawn:
    return (
        SHAPES[shape.pattern](shape, area, shape.spec) if shape.pattern in SHAPES else draw_ring(shape, area)
    )


def _network(fabric: Fabric) -> tuple[str, str]:
    """Return name and pattern of the direct network with the most links."""
    found = [
        (name, spec.pattern)
        for name, spec in fabric.spec.fabrics.items()
        if spec.pattern in (*SHAPES, *RINGS)
    ]
    found += [
        (link.base or link.name, link.pattern)
        for link in fabric.links
        if link.joins_alike and link.pattern in PATTERNS and link.has_b
    ]
    if not found:
        kinds = ", ".join(sorted({link.pattern for link in fabric.links})) or "none"
        message = f"no network of {fabric.name} is direct: the pattern of its links is {kinds}"
        raise InputError([Problem("E697", message)])
    return max(
        dict.fromkeys(found),
        key=lambda one: sum(link.count for link in fabric.links if belongs(link, one[0])),
    )


def _subtitle(shape: Shape, drawn: Drawn, touched: Selection | None) -> str:
    words = [case_title(shape.fabric) or shape.name, drawn.part]
    words += [f"plane {shape.plane + 1} of {shape.planes}"] if shape.planes > 1 else []
    words += [f"only links of {touched.text}"] if touched else []
    return "; ".join(word for word in words if word)


def _legend(shape: Shape, drawn: Drawn) -> Iterator[Key]:
    """Yield an entry for each class of links, each kind of device, and what stands for several of them."""
    shown = {one.link.name: 0 for one in shape.wires}
    for mark in drawn.marks:
        if isinstance(mark, Stroke) and mark.key in shown:
            shown[mark.key] += mark.links
    inked = pens(shape)
    for one in shape.wires:
        pen = inked[one.link.name]
        yield Key(
            "dashed" if pen.dash else "line",
            pen.colour,
            _class(one, shown[one.link.name], shape.planes, dict(drawn.where).get(one.part, "")),
            pen.shade,
            pen.dash,
            HAIRLINE if one.part in drawn.thin else LINE,
        )
    numbers = {terminal.group for one in shape.wires for block in one.link.blocks for terminal in block.ends}
    devices: dict[str, list[str]] = {}
    for number in sorted(numbers):
        group = shape.fabric.groups[number]
        count = group.count // shape.planes if group.role else group.count
        words = f"{_label(group)}: {format_count(count)}{shape.a_plane if group.role else ''}"
        devices.setdefault(device_colour(group.type.role), []).append(words)
    round_ones = {mark.fill for mark in drawn.marks if isinstance(mark, Disc) and mark.id}
    for colour, kinds in devices.items():
        yield Key("disc" if colour in round_ones else "square", colour, ", ".join(kinds))
    yield from drawn.keys


def _label(group: DeviceGroup) -> str:
    """Return what devices are called, and that figures per GPU count them."""
    if group.role:
        part = group.role.rpartition("/")[2]
        return SWITCHES.get(part, part.replace("_", " "))
    if group.type.role != "gpu":
        return group.label
    around, slash, name = group.label.rpartition("/")
    name = name.upper() if gpu_word(name) != "GPU" else name
    return f"{around}{slash}{name}{'' if 'gpu' in name.lower() else ', counted as GPU'}"


def _class(one: Wires, drawn: int, planes: int, where: str) -> str:
    """Return what the legend says of a class of links."""
    every = len(one.a)
    some = "" if drawn == every else f" ({format_count(drawn)} shown)" if drawn else " (not drawn)"
    each = " a plane" if planes > 1 else ""
    name = f"{one.part.replace('col_', 'column_').replace('_', ' ')}{f' {where}' if where else ''}"
    words = (f"{name}: {format_count(every)}{each}{some}", medium_name(one.link), _length(one))
    return ", ".join(filter(None, words))


def _length(one: Wires) -> str:
    """Return the lengths of a class, with a word where some are unknown; nothing where there is no cable."""
    if one.link.lengths.with_basis("board") == one.link.count:
        return ""
    known = one.link.lengths.span_mm
    if known is None:
        return "length unknown"
    return f"{span(*known)}{' or unknown' if one.link.lengths.with_basis('unknown') else ''}"
