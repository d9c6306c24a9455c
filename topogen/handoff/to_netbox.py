"""NetBox: numbered files for its bulk import, from sites to cables, and a manifest of their order.

The columns and the values of choices are those of NetBox 4.6 (`NETBOX`): a site, manufacturers, device
roles, device types with their interfaces as YAML, racks, devices, and a cable per link.
"""

from __future__ import annotations

import json
from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from topogen.build.tree import pieces_abreast, stated_height
from topogen.cabling.cables import link_lengths, order_lengths
from topogen.cabling.port_names import panel_of
from topogen.catalog.panel import row_of
from topogen.columns.cells import quoted
from topogen.errors import InputError, Problem
from topogen.handoff.boxes import switches
from topogen.handoff.link_ends import PART
from topogen.media.cable_parts import cable_part, stock_lengths
from topogen.model.expand import expand_parts
from topogen.model.text_buffer import Page, Piece, texts_of
from topogen.ordering.sole_source import sole_source
from topogen.schedule.cable_ids import device_codes, id_texts
from topogen.schedule.link_cables import cables_of_links
from topogen.units import MBPS_PER_GBPS, MM_PER_M, format_fixed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.handoff.boxes import Boxes, BoxGroup
    from topogen.handoff.link_ends import Handed
    from topogen.model.devices import Port
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkBlock, LinkGroup
    from topogen.model.text_buffer import Texts
    from topogen.schedule.cable_ids import Codes

NETBOX = "4.6"
MOST_NAME = 64
"""Characters of the name of a device or an interface."""
UNKNOWN = "Unknown"
HALF = Fraction(1, 2)
FILES = {
    "01_sites.csv": ("dcim.site", "name,slug,status"),
    "02_manufacturers.csv": ("dcim.manufacturer", "name,slug"),
    "03_device_roles.csv": ("dcim.devicerole", "name,slug,color"),
    "04_device_types.yaml": ("dcim.devicetype", ""),
    "05_racks.csv": ("dcim.rack", "site,name,status,width,u_height"),
    "06_devices.csv": (
        "dcim.device",
        "name,role,manufacturer,device_type,status,site,rack,position,face,description",
    ),
    "07_cables.csv": (
        "dcim.cable",
        (
            "side_a_site,side_a_device,side_a_type,side_a_name,side_b_site,side_b_device,side_b_type,side_b_name,"
            "type,status,label,length,length_unit,description"
        ),
    ),
}
"""By file: the model that it is imported as, and its columns."""
ROLES = {"switch": ("Switch", "ff9800"), "host": ("Host", "2196f3")}
FORM_FACTORS = {
    "osfp": {100: "", 400: "400gbase-x-osfp", 800: "800gbase-x-osfp", 1600: "1.6tbase-x-osfp1600"},
    "qsfp112": {400: "400gbase-x-qsfp112"},
    "qsfp_dd": {200: "200gbase-x-qsfpdd", 400: "400gbase-x-qsfpdd", 800: "800gbase-x-qsfpdd"},
    "qsfp56": {200: "200gbase-x-qsfp56"},
    "qsfp28": {100: "100gbase-x-qsfp28"},
    "sfp28": {25: "25gbase-x-sfp28", 10: "10gbase-x-sfpp"},
    "rj45": {1: "1000base-t", 10: "10gbase-t"},
}
"""Types of interfaces by form factor of the cage and rate in Gb/s; others are ``other``."""
RACK_U = 42
PASSIVE_W = 1
"""Watts up to which a copper assembly is passive: its memory chips draw 0.1 W per plug."""


def to_netbox(boxes: Boxes, links: Handed) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield each file by its name, the manifest last.

    Raises
    ------
    InputError
        E798, for a name that is longer than NetBox takes, or that two devices share.
    """
    _check_names(boxes)
    types = _types(boxes)
    made: dict[str, Iterator[bytes]] = {
        "01_sites.csv": _rows([f"{_site(boxes)},{_slug(boxes.fabric.name)},planned"]),
        "02_manufacturers.csv": _rows(f"{quoted(name)},{_slug(name)}" for name in _makers(boxes)),
        "03_device_roles.csv": _rows(f"{name},{_slug(name)},{colour}" for name, colour in ROLES.values()),
        "04_device_types.yaml": (
            _type_text(boxes, group, types[number]) for number, group in _firsts(boxes, types)
        ),
        "05_racks.csv": _rows(_racks(boxes)),
        "06_devices.csv": _rows(_devices(boxes, types)),
        "07_cables.csv": _cables(boxes, links),
    }
    for name, rows in made.items():
        yield name, _with_head(FILES[name][1], rows)
    yield "manifest.json", iter([_manifest(boxes, links, types)])


def _with_head(head: str, rows: Iterator[bytes]) -> Iterator[bytes]:
    if head:
        yield f"{head}\n".encode()
    yield from rows


def _rows(lines: Iterator[str] | Sequence[str]) -> Iterator[bytes]:
    return (f"{line}\n".encode() for line in lines)


def _site(boxes: Boxes) -> str:
    return quoted(boxes.fabric.name)


def _slug(text: str) -> str:
    """Return a slug: small letters, digits, hyphens.

    >>> _slug("GB300 NVL72, row 1")
    'gb300-nvl72-row-1'
    """
    return (
        "-".join("".join(one if one.isalnum() and one.isascii() else " " for one in text.lower()).split())
        or "x"
    )


def _check_names(boxes: Boxes) -> None:
    """Raise for names that are too long, or that two devices have."""
    problems = [
        Problem(
            "E798",
            f'"{name}" has {len(name)} characters; NetBox takes {MOST_NAME}',
            hint="shorten it in names:",
        )
        for name in dict.fromkeys([*boxes.names, *boxes.ports])
        if len(name) > MOST_NAME
    ]
    problems += [
        Problem("E798", f'{count:,} devices are called "{name}"', hint="give them different names in names:")
        for name, count in Counter(boxes.names).items()
        if count > 1
    ]
    if problems:
        raise InputError(problems)


# Device types


def _types(boxes: Boxes) -> list[str]:
    """Return the name of the device type of each group of boxes; equal boxes share one."""
    named: dict[tuple[object, ...], str] = {}
    used: Counter[str] = Counter()
    names = []
    for group in boxes.groups:
        ports = tuple(boxes.ports[port] for port in boxes.stretch(group))
        key = group.type, ports, _height(boxes.fabric, group)
        if key not in named:
            used[group.type] += 1
            named[key] = group.type if used[group.type] == 1 else f"{group.type}-{used[group.type]}"
        names.append(named[key])
    return names


def _firsts(boxes: Boxes, types: list[str]) -> Iterator[tuple[int, BoxGroup]]:
    """Yield the first group of boxes of each device type."""
    for number, group in enumerate(boxes.groups):
        if types.index(types[number]) == number:
            yield number, group


def _maker(boxes: Boxes, group: BoxGroup) -> str:
    """Return who makes a box: the maker of the part that it is bought as, where one makes all of it."""
    fabric = boxes.fabric
    template = fabric.spec.templates.get(group.type)
    name = template.part if template else fabric.groups[group.members[0].group].type.part
    part = fabric.catalog.parts[name] if name else None
    return next(iter(part.made_by)) if part and sole_source(part) else UNKNOWN


def _makers(boxes: Boxes) -> list[str]:
    return sorted({_maker(boxes, group) for group in boxes.groups})


def _height(fabric: Fabric, group: BoxGroup) -> Fraction:
    """Return the height of a box in U."""
    return Fraction(stated_height(fabric.spec, group.type) or 1)


def _type_text(boxes: Boxes, group: BoxGroup, name: str) -> bytes:
    """Return a device type as a YAML document, with its interfaces."""
    fabric, height = boxes.fabric, _height(boxes.fabric, group)
    lines = [
        "---",
        f"manufacturer: {json.dumps(_maker(boxes, group))}",
        f"model: {json.dumps(name)}",
        f"slug: {_slug(name)}",
        f"u_height: {_in_halves(height)}",
        "is_full_depth: true",
        "interfaces:",
    ]
    for member in group.members:
        for start, port in zip(member.ports, fabric.groups[member.group].type.ports, strict=True):
            kind = _interface_type(fabric, member.group, port)
            names = boxes.ports[start : start + member.each * port.count]
            lines += [f"  - {{name: {json.dumps(one)}, type: {kind}}}" for one in names]
    if lines[-1] == "interfaces:":
        lines[-1] = "interfaces: []"
    return ("\n".join(lines) + "\n").encode()


def _in_halves(height: Fraction) -> str:
    """Return a height that NetBox takes: steps of half a U, else 0, which stands at no position."""
    return str(float(height)) if height % HALF == 0 else "0"


def _interface_type(fabric: Fabric, index: int, port: Port) -> str:
    """Return the type of an interface by the form factor of its cages and its rate."""
    kind = fabric.groups[index].type
    panel = panel_of(fabric.catalog, kind)
    if panel is None or port.lanes is None or port.lane_rate is None or not port.cages:
        return "other"
    form = row_of(panel, port.cages[0]).form_factor
    return FORM_FACTORS.get(form, {}).get(port.lanes * port.lane_rate // MBPS_PER_GBPS) or "other"


# Racks and devices


def _racks(boxes: Boxes) -> Iterator[str]:
    templates = boxes.fabric.spec.templates
    heights = []
    for place in boxes.fabric.sites.places:
        template = templates.get(place.template)
        height = template.height_u if template and template.height_u else RACK_U
        heights += [-(-Fraction(height) // 1)] * place.count
    for name, height in zip(boxes.racks, heights, strict=False):
        yield f"{_site(boxes)},{quoted(name)},planned,19,{height}"


def _devices(boxes: Boxes, types: list[str]) -> Iterator[str]:
    """Yield a row for each box; one of half width, or of a height that is no half U, has no position."""
    racks, units = (column.tolist() for column in boxes.places)
    kinds = ["switch" if one else "host" for one in switches(boxes)]
    number = 0
    for group, name, kind in zip(boxes.groups, types, kinds, strict=True):
        alone = pieces_abreast(boxes.fabric.spec, group.type) == 1
        whole, face = alone and _height(boxes.fabric, group) % HALF == 0, _face(boxes, group)
        shared = f"{ROLES[kind][0]},{quoted(_maker(boxes, group))},{quoted(name)},planned,{_site(boxes)}"
        for box in range(number, number + group.count):
            rack = quoted(boxes.racks[racks[box]]) if racks[box] >= 0 else ""
            placed = rack and units[box] >= 0
            place = (
                f"{units[box]},{face},"
                if placed and whole
                else f",,{quoted(f'U{units[box]}') if placed else ''}"
            )
            yield f"{quoted(boxes.names[box])},{shared},{rack},{place}"
        number += group.count


def _face(boxes: Boxes, group: BoxGroup) -> str:
    """Return the face of the rack that boxes are mounted at: rear if all their ports are said to be there."""
    types = [boxes.fabric.groups[member.group].type for member in group.members]
    faces = {port.face or kind.face for kind in types for port in kind.ports} - {""}
    return "rear" if faces == {"rear"} else "front"


# Cables


def _cables(boxes: Boxes, links: Handed) -> Iterator[bytes]:
    """Yield a row for each link: ends, type, the cable_id as label, length as sold, link group."""
    site = _site(boxes)
    device = texts_of([f"{site},{quoted(name)},dcim.interface," for name in boxes.names])
    port = texts_of([f"{quoted(name)}," for name in boxes.ports])
    page, codes = Page(), device_codes(boxes.fabric)
    for group in links.groups:
        ids = cables_of_links(boxes.fabric, group, codes)
        for block in group.blocks:
            yield from _block(boxes, group, (block, ids[: block.count]), (device, port, page))
            ids = ids[block.count :]


def _block(
    boxes: Boxes, group: LinkGroup, labelled: tuple[LinkBlock, Codes], made: tuple[Texts, Texts, Page]
) -> Iterator[bytes]:
    device, port, page = made
    fabric = boxes.fabric
    block, ids = labelled
    a, b = block.ends
    part = cable_part(fabric, group)
    ladder = stock_lengths(fabric, part)
    before = texts_of([f"{_cable_type(fabric, group, part)},planned,"])
    for columns in expand_parts(fabric, block, PART):
        mm = order_lengths(link_lengths(fabric, group, columns)[0], ladder)
        lengths, which = np.unique(mm, return_inverse=True)
        ends = [f",{_metres(int(one))},{quoted(group.name)}\n" for one in lengths.tolist()]
        labels = id_texts(ids[: len(columns)])
        ids = ids[len(columns) :]
        a_box, a_port = boxes.ends(a, columns.a, columns.a_port)
        b_box, b_port = boxes.ends(b, columns.b, columns.b_port)
        pieces = [Piece(device, a_box), Piece(port, a_port), Piece(device, b_box), Piece(port, b_port)]
        every, same = np.arange(len(columns)), np.zeros(len(columns), np.int64)
        pieces += [Piece(before, same), Piece(labels, every), Piece(texts_of(ends), which.ravel())]
        yield bytes(page.write(pieces))


def _metres(mm: int) -> str:
    """Return a length in metres with two decimals and its unit; unknown stays empty."""
    return f"{format_fixed(Fraction(mm, MM_PER_M), 2)},m" if mm >= 0 else ","


def _cable_type(fabric: Fabric, group: LinkGroup, part: str | None) -> str:
    """Return the type of a cable, empty where the catalog does not tell."""
    medium = fabric.catalog.media[group.media[0]] if group.media else None
    if medium is None or part is None:
        return ""
    found = fabric.catalog.parts[part]
    if medium.kind == "optical":
        if found.connectors:
            return {"os2": "smf-os2", "om4": "mmf-om4"}.get(found.glass or "", "")
        return "aoc"
    if medium.pairs_per_link is not None:
        return "cat6a"
    if found.power_w is None:
        return ""
    return "dac-passive" if found.power_w.base <= PASSIVE_W else "dac-active"


def _manifest(boxes: Boxes, links: Handed, types: list[str]) -> bytes:
    """Return the files in the order of their import, with models and rows."""
    counts = {
        "01_sites.csv": 1,
        "02_manufacturers.csv": len(_makers(boxes)),
        "03_device_roles.csv": len(ROLES),
        "04_device_types.yaml": len(set(types)),
        "05_racks.csv": len(boxes.racks) - 1,
        "06_devices.csv": boxes.count,
        "07_cables.csv": sum(group.count for group in links.groups),
    }
    files = [{"file": name, "model": FILES[name][0], "rows": count} for name, count in counts.items()]
    held = {"netbox": NETBOX, "fabric": boxes.fabric.name, "import": files, "left_out": list(links.left_out)}
    return (json.dumps(held, indent=1, ensure_ascii=False) + "\n").encode()
