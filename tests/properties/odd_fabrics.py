"""Random odd fabrics as YAML text: partial racks, exceptions, odd counts, every pattern, mixed ends."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hypothesis import assume, settings
from hypothesis import strategies as st

from tests.helpers_fabric import HEAD, fabric_of
from topogen.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.model.fabric import Fabric

quick = settings(max_examples=60)

UNWIRABLE = {"E201", "E203", "E204", "E205", "E209", "E306", "E746", "E748"}
"""What a random size may rightly be refused for: ports too few or unequal, nobody to meet, a mixed cage."""


@contextmanager
def wirable() -> Iterator[None]:
    """Leave out an example whose sizes cannot be wired."""
    try:
        yield
    except InputError as refused:
        assume(not {one.code for one in refused.problems if one.is_error} <= UNWIRABLE)
        raise


@dataclass(frozen=True)
class Sizes:
    """How many of what the racks of a fabric hold; racks of the second kind hold fewer trays."""

    gpus: int
    chips: int
    trays: int
    switch_trays: int
    racks: int
    short_racks: int
    ports: int
    cage: int


sizes = st.builds(
    Sizes,
    gpus=st.integers(1, 3),
    chips=st.integers(1, 3),
    trays=st.integers(1, 3),
    switch_trays=st.integers(1, 2),
    racks=st.integers(1, 3),
    short_racks=st.integers(0, 2),
    ports=st.integers(1, 7),
    cage=st.integers(1, 4),
)
owners = st.sampled_from(["", ", on: tray", ", on: rack"])
duplexes = st.sampled_from(["uni", "bidi"])
MEDIA = ("cu", "fibre", "other", "slow")
MIXED = "{a: fibre, b: other}"


@st.composite
def devices(draw: st.DrawFn, size: Sizes) -> str:
    """Return the device types: GPUs and chips that can be joined, a NIC port, a switch of a fabric."""
    lane = f"lanes: {draw(st.integers(1, 5))}, lane_rate: 100 Gb/s, duplex: {draw(duplexes)}"
    net = "lanes: 4, lane_rate: 100 Gb/s"
    cages = [f"cage: {{links: {size.cage}{draw(owners)}}}" for _ in range(4)]
    radix = draw(st.integers(14, 25))
    return f"""devices:
  gpu:
    role: gpu
    ports:
      nvl: {{count: {size.ports}, {lane}, {cages[0]}}}
      mesh: {{count: 64, {lane}, {cages[1]}}}
      net: {{count: {draw(st.integers(1, 2))}, {net}, {cages[2]}}}
  chip: {{role: switch, part: chip, ports: {{nvl: {{count: 400, {lane}, {cages[3]}}}}}}}
  leaf:
    {{role: switch, part: box, height_u: 2, ports: {{net: {{count: {radix}, {net}, cage: {{links: 2}}}}}}}}
"""


@st.composite
def places(draw: st.DrawFn, size: Sizes) -> str:
    """Return templates and instances: full racks, short racks, a rack for what a fabric makes."""
    top = 4 + size.trays
    low = top + 1 + draw(st.integers(0, 5))
    short = 1 + draw(st.integers(1, size.trays))
    shorts = f"  p[0-{size.short_racks - 1}]: short\n" if size.short_racks else ""
    return f"""templates:
  tray: {{level: tray, contains: {{gpu: {size.gpus}}}}}
  stray: {{level: tray, contains: {{chip: {size.chips}}}}}
  full: {{level: rack, height_u: 200, slots: {{U5-{top}: tray, U{low}-{low + size.switch_trays - 1}: stray}}}}
  short: {{level: rack, height_u: 200, slots: {{U2-{short}: tray, U30: stray}}}}
  net_rack: {{level: rack, height_u: 200}}
instances:
  r[1-{size.racks}]: full
{shorts}  net: net_rack
"""


@st.composite
def floors(draw: st.DrawFn, size: Sizes, *, fabric: bool) -> str:
    """Return a layout of two rows, one that only says where the fabric stands, or none."""
    place = "  place: {f: net}\n" if fabric else ""
    if not draw(st.booleans()):
        return f"layout:\n{place}" if fabric else ""
    second = "  B: [p]\n" if size.short_racks else ""
    slack = draw(
        st.sampled_from(
            ["", "  slack: {per_end: 0.1 m}\n", "  slack: {x: {percent: 7}, other: {per_end: 33 mm}}\n"]
        )
    )
    return f"""layout:
  rows:
    A: [net, r]
  {second}
  rack_pitch: 601 mm
  row_pitch: 2.4 m
  tray: {{where: {draw(st.sampled_from(["overhead", "underfloor"]))}, height: 2.7 m}}
{slack}{place}"""


@st.composite
def link_groups(draw: st.DrawFn, size: Sizes) -> str:
    """Return one link group of any pattern, and perhaps one on the ports that it leaves free."""
    wiring = draw(st.sampled_from([*_wirings(draw, size)]))
    media = (*MEDIA, MIXED) if "b: chip" in wiring else MEDIA
    cable, medium = draw(st.integers(1, min(size.cage, 3))), draw(st.sampled_from(media))
    lines = [f"  x: {{network: scale_up, {wiring}, links_per_cable: {cable}, medium: {medium}}}"]
    if draw(st.booleans()):
        at = draw(st.sampled_from(["'r[1]/gpu.nvl'", "'r[1]/gpu[0].mesh'", "chip.nvl"]))
        lines.append(f"  rest: {{network: scale_up, pattern: external, a: {at}, to: beyond, medium: fibre}}")
    return "\n".join(["links:", *lines, ""])


def _wirings(draw: st.DrawFn, size: Sizes) -> Iterator[str]:
    """Yield one way to wire with each pattern."""
    within = draw(st.sampled_from(["", ", within: rack"]))
    level = draw(st.sampled_from(["tray", "rack"]))
    own = within or f", within: {level}"
    some = ["gpu.nvl", "r/gpu.nvl", f"'gpu.nvl[0-{size.ports // 2}]'", "'r[1]/gpu[0].nvl'"]
    a = draw(st.sampled_from([*some, *(["[r/gpu.nvl, short/gpu.nvl]"] if size.short_racks else [])]))
    for pattern in ("planes", "spread"):
        yield f"pattern: {pattern}, a: {a}, b: chip.nvl{within}"
    yield f"pattern: rails, a: {a}, b: chip.nvl, rails_by: {level}{within}"
    mesh = draw(st.sampled_from(["gpu.mesh", "r/gpu.mesh", "'r[1]/gpu[0].mesh'", "'gpu.mesh[0-61]'"]))
    times = draw(st.integers(1, 2))
    yield f"pattern: full_mesh, a: {mesh}, b: chip.nvl, links_per_pair: {times}{within}"
    yield f"pattern: full_mesh, a: {mesh}, b: chip.nvl, across: {level}"
    yield f"pattern: full_mesh, a: {mesh}, b: {mesh}{own}"
    yield f"pattern: spread, a: {mesh}, b: {mesh}{own}"
    yield "pattern: peers, a: r/gpu.nvl, b: r/gpu.nvl, across: rack"
    ports, chips = size.trays * size.gpus * size.ports, size.switch_trays * size.chips
    if ports % chips == 0:
        yield f"pattern: one_to_one, a: r/gpu.nvl, b: 'r/chip.nvl[0-{ports // chips - 1}]'{within}"
    pairs = [
        f"['r[1]/tray[0]/gpu[0].nvl[{port}]', 'r[1]/stray[0]/chip[0].nvl[{port}]']"
        for port in range(size.ports)
    ]
    yield f"pattern: explicit, pairs: [{', '.join(pairs)}]"
    length = draw(st.sampled_from(["", ", length: 3.5 m"]))
    yield f"pattern: external, a: {a}, to: elsewhere{length}"
    yield f"pattern: external, a: [gpu.mesh, 'chip.nvl[0-63]'], to: elsewhere{length}"


ROUTERS = (
    "pattern: dragonfly, groups: 3, routers_per_group: 4, hosts_per_router: 5, globals_per_router: 1",
    "pattern: hyperx, dims: [3, 4], hosts_per_router: 5, links_per_pair: 2",
)


@st.composite
def fabrics(draw: st.DrawFn, size: Sizes) -> str:
    """Return a fabric of the NIC ports, a torus of the mesh ports of full racks, or nothing."""
    return draw(st.one_of(st.just(""), fat_trees(size), routers(), tori(size)))


@st.composite
def routers(draw: st.DrawFn) -> str:
    """Return routers that are joined among themselves."""
    medium = draw(st.sampled_from(["cu", "{hosts: {a: fibre, b: boxed}, '*': boxed}"]))
    cable, sizes = draw(st.integers(1, 2)), draw(st.sampled_from(ROUTERS))
    return (
        f"fabrics: {{f: {{network: scale_out, {sizes}, ends: gpu.net, switch: leaf"
        f", medium: {medium}, links_per_cable: {{hosts: 1, '*': {cable}}}}}}}\n"
    )


@st.composite
def tori(draw: st.DrawFn, size: Sizes) -> str:
    """Return a torus with and without wrap, a tray along its second dimension or across both."""
    dims = draw(st.sampled_from([(size.racks * size.trays, size.gpus), (size.racks, size.trays * size.gpus)]))
    wrap = ", ".join(draw(st.sampled_from(["true", "false"])) for _ in dims)
    cable, medium = draw(st.integers(1, min(size.cage, 2))), draw(st.sampled_from(MEDIA))
    return (
        f"fabrics: {{f: {{network: scale_up, pattern: torus, ends: r/gpu.mesh, dims: {list(dims)}"
        f", wrap: [{wrap}], medium: {medium}, links_per_cable: {cable}}}}}\n"
    )


@st.composite
def fat_trees(draw: st.DrawFn, size: Sizes) -> str:
    """Return a two-tier fabric of the NIC ports."""
    rails = draw(st.sampled_from(["", ", rails_by: tray", ", rails_by: rack"]))
    medium = draw(st.sampled_from(["cu", "{hosts: {a: fibre, b: boxed}, leaf_spine: boxed}"]))
    cable = draw(st.integers(1, min(size.cage, 2)))
    return (
        "fabrics: {f: {network: scale_out, pattern: fat_tree, tiers: 2, ends: gpu.net, switch: leaf"
        f"{rails}, medium: {medium}, links_per_cable: {cable}}}}}\n"
    )


levels = st.sampled_from(["device", "tray", "rack", "fabric"])


@st.composite
def media(draw: st.DrawFn) -> str:
    """Return a catalog whose recipes own parts in every way, with odd capacities and spares."""
    where = f"round_per: {draw(levels)}, buildable_per: {draw(levels)}"
    lanes, qty = draw(st.integers(1, 40)), draw(st.integers(1, 2))
    demand = draw(st.sampled_from(["linked", "all_ports"]))
    engine = f"{{part: engine, per: pool, serves: {lanes} lanes, qty: {qty}, {where}, demand: {demand}}}"
    whole = "round_per: fabric, buildable_per: fabric"
    engines, spare = draw(st.integers(1, 3)), draw(st.integers(0, 2))
    ladder = draw(st.sampled_from(["", ", lengths_m: [0.5, 1, 2, 5, 10]"]))
    return f"""catalog:
  parts:
    cord: {{is: cord, price_usd: 3, price_per_m_usd: 0.7{ladder}}}
    module: {{is: module, price_usd: [70, 80, 95], contains: {{laser: 3}}, made_by: {{one: 60%}}}}
    laser: {{is: laser, layer: laser_chip, price_usd: [4, 5, 6], made_by: {{two: 100%}}}}
    engine: {{is: engine, price_usd: 500, margin: 20%, contains: {{laser: 2, die: 1}}}}
    die: {{is: die}}
    els: {{is: light, alternates: {{els_a: 25%, els_b: 50%}}}}
    els_a: {{is: light, price_usd: 60, contains: {{laser: 8}}, made_by: {{two: 100%}}}}
    els_b: {{is: light, price_usd: 66}}
    chip: {{is: chip, price_usd: 1000}}
    box: {{is: box}}
  media:
    cu: {{kind: copper, recipe: {{cable: {{part: cord, per: link}}, wire: {{part: die, per: lane, qty: 2}}}}}}
    fibre:
      kind: optical
      interface: i
      fibres_per_lane: 1/2
      recipe:
        module: {{part: module, per: end}}
        cord: {{part: cord, per: link}}
        strand: {{part: die, per: lane}}
    other:
      kind: optical
      interface: i
      fibres_per_lane: 1
      recipe:
        engine: {engine}
        els: {{part: els, per: pool, serves: {engines} engine, {whole}, spare: {spare}}}
        panel: {{part: box, per: device}}
    slow:
      kind: optical
      lane_rate: 40 Gb/s
      fibres_per_lane: 1
      recipe:
        engine: {engine}
        strand: {{part: die, per: lane}}
    boxed: {{like: other, recipe: {{engine: {{round_per: device, buildable_per: rack}}}}}}
"""


class Odd:
    """A fabric with the text that it was built from, which is what a failing test shows."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.fabric: Fabric = fabric_of(text)

    def __repr__(self) -> str:
        """Return the text."""
        return f"\n{HEAD}{self.text}"


def odd_fabrics() -> st.SearchStrategy[Odd]:
    """Return built fabrics of odd sizes."""
    return st.one_of(odd_racks(), odd_pods())


@st.composite
def odd_racks(draw: st.DrawFn) -> Odd:
    """Return a few racks that differ, with link groups of any pattern and perhaps a fabric."""
    size = draw(sizes)
    fabric = draw(fabrics(size))
    floor = draw(floors(size, fabric="switch:" in fabric))
    text = draw(devices(size)) + draw(places(size)) + floor + draw(link_groups(size)) + fabric + draw(media())
    return _built(text)


@st.composite
def odd_pods(draw: st.DrawFn) -> Odd:
    """Return pods of racks, the last smaller, perhaps with a short rack, under a fat tree of 2 or 3 tiers."""
    few = st.integers(1, 3)
    trays, gpus, nics, planes = draw(few), draw(few), draw(few), draw(st.integers(1, 2))
    radix = 2 * draw(st.integers(3, 8))
    net = "lanes: 4, lane_rate: 100 Gb/s"
    cages = [f"cage: {{links: {draw(st.integers(1, 2))}{draw(owners)}}}" for _ in range(3)]
    keys = [
        draw(st.sampled_from(["", ", rails_by: tray", ", rails_by: rack"])),
        draw(st.sampled_from(["", ", units_by: pod", ", units_by: pod", ", units_by: rack"])),
        draw(st.sampled_from(["", ", even: false"])),
        draw(st.sampled_from(["", ", per_rack: {leaf: 3}", ", per_rack: {leaf: 2, spine: 3}"])),
    ]
    ends = draw(st.sampled_from(["nic.net", "nic.net", "[pod/nic.net, last/nic.net]", "'nic[0].net'"]))
    medium = draw(st.sampled_from(["cu", "fibre", "{hosts: {a: fibre, b: boxed}, '*': boxed}"]))
    copper = draw(st.sampled_from(MEDIA))
    low = draw(st.integers(0, trays))
    short = (
        f"  short: {{level: rack, height_u: 200, slots: {{U5-{4 + low}: tray, U{6 + low}: stray}}}}\n"
        if low
        else ""
    )
    text = f"""devices:
  gpu: {{role: gpu, ports: {{nvl: {{count: {gpus}, {net}, {cages[0]}}}}}}}
  chip: {{role: switch, part: chip, ports: {{nvl: {{count: {trays * gpus}, {net}, {cages[1]}}}}}}}
  nic: {{role: nic, ports: {{net: {{count: {planes * draw(st.integers(1, 2))}, {net}, {cages[2]}}}}}}}
  box: {{role: switch, part: box, height_u: 2, ports: {{net: {{count: {radix}, {net}, cage: {{links: 2}}}}}}}}
templates:
  tray: {{level: tray, contains: {{gpu: {gpus}, nic: {nics}}}}}
  stray: {{level: tray, contains: {{chip: {gpus}}}}}
  full: {{level: rack, height_u: 200, slots: {{U5-{4 + trays}: tray, U{6 + trays}: stray}}}}
{short}  pod: {{level: pod, contains: {{full: {draw(few)}}}}}
  last: {{level: pod, contains: {{full: {draw(few)}{", short: 1" if low else ""}}}}}
instances: {{pod: {draw(st.integers(1, 4))}, last: {draw(few)}}}
links:
  x: {{network: scale_up, pattern: planes, within: rack, a: gpu.nvl, b: chip.nvl, medium: {copper}}}
fabrics:
  f: {{network: scale_out, pattern: fat_tree, tiers: {draw(st.integers(2, 3))}, ends: {ends}, switch: box,
      planes: {planes}{"".join(keys)}, medium: {medium}}}
"""
    return _built(draw(pod_floors(", last/short" if low else "")) + text + draw(media()))


@st.composite
def pod_floors(draw: st.DrawFn, short: str) -> str:
    """Return a layout of a row for each kind of pod, with or without a place for switches, or none."""
    if draw(st.booleans()):
        return ""
    places = ["", "  place: {f/leaf: end_of_row}\n", "  place: {f/leaf: top_of_rack, f/spine: end_of_row}\n"]
    place = draw(st.sampled_from(places))
    tray = f"tray: {{where: {draw(st.sampled_from(['overhead', 'underfloor']))}, height: 30 m}}"
    whole = [f"A: [pod/full], B: [last/full{short}]", f"A: [last/full{short}, pod/full]"]
    rows = draw(st.sampled_from(whole if place else [*whole, "A: [pod/full]"]))
    slack = draw(st.sampled_from(["", "  slack: {percent: 7, per_end: 0.1 m}\n"]))
    return f"""layout:
  rows: {{{rows}}}
  rack_pitch: 601 mm
  row_pitch: 2.4 m
  {tray}
{slack}{place}"""


def _built(text: str) -> Odd:
    with wirable():
        return Odd(text)
