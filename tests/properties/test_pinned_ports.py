"""Pinned cables: what a schedule of the smaller build names stays, the rest is wired as without pins."""

from __future__ import annotations

import csv
from collections import Counter
from io import StringIO
from typing import TYPE_CHECKING, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of
from topogen.errors import InputError
from topogen.export.options import Options
from topogen.export.to_cable_schedule import to_cable_schedule
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

PORT = "lanes: 4, lane_rate: 100 Gb/s"
TREE = f"""
devices:
  gpu: {{role: gpu}}
  nic: {{role: nic, ports: {{eth: {{count: PORTS, {PORT}}}}}}}
  box: {{role: switch, ports: {{eth: {{count: RADIX, {PORT}}}}}}}
templates:
  node: {{level: node, contains: {{nic: NICS}}}}
  big: {{level: unit, contains: {{node: LARGE}}}}
  small: {{level: unit, contains: {{node: FEW}}}}
instances: {{small: 1, big: UNITS}}
fabrics:
  net: {{network: scale_out, pattern: fat_tree, switch: box, ends: nic.eth, tiers: TIERS, HOW}}
"""
WAYS = ("even: true", "rails_by: node", "units_by: unit", "rails_by: node, units_by: unit", "even: false")


class Shape(NamedTuple):
    """The sizes of a small tree."""

    way: str
    ports: int
    planes: int
    nics: int
    few: int
    large: int
    units: int
    radix: int
    tiers: int

    def build(self, few: int, pins: str | None = None) -> Fabric:
        """Return the fabric with so many nodes in its first unit."""
        sizes = {
            "PORTS": self.ports * self.planes, "NICS": self.nics, "FEW": few, "LARGE": self.large,
            "UNITS": self.units, "RADIX": self.radix, "TIERS": self.tiers,
        }  # fmt: skip
        how = f"{self.way}, planes: {self.planes}" + (", ports_from: ids.csv" if pins is not None else "")
        text = TREE.replace("HOW", how)
        for name, size in sizes.items():
            text = text.replace(name, str(size))
        return fabric_of(text, shipped="medium" in how, tables={"ids.csv": pins or ""})


SHAPES = st.builds(
    Shape,
    way=st.sampled_from(WAYS),
    ports=st.integers(1, 3),
    planes=st.integers(1, 2),
    nics=st.integers(1, 3),
    few=st.integers(1, 5),
    large=st.integers(1, 7),
    units=st.integers(1, 2),
    radix=st.sampled_from([4, 8, 12, 16]),
    tiers=st.integers(1, 3),
)


def built(shape: Shape, few: int, pins: str | None = None) -> Fabric | list[str]:
    """Return a fabric, or the codes of why there is none."""
    try:
        return shape.build(few, pins)
    except InputError as error:
        return [one.code for one in error.problems if one.is_error]


def schedule(fabric: Fabric) -> str:
    """Return the cable schedule."""
    return b"".join(to_cable_schedule(fabric, roll_up(fabric), Options(all_links=True))).decode()


def ends(text: str) -> list[tuple[str, ...]]:
    """Return id and ends of each line of a schedule."""
    columns = ("cable_id", "a_device", "a_port", "b_device", "b_port")
    return [tuple(row[one] for one in columns) for row in csv.DictReader(StringIO(text))]


def degrees(lines: list[tuple[str, ...]]) -> Counter[str]:
    """Return the links at each device."""
    return Counter(device for line in lines for device in line[1::2])


def pairs(lines: list[tuple[str, ...]], *, made: bool) -> Counter[tuple[str, str]]:
    """Return the links between each two devices: two switches, or an end and a switch."""
    return Counter((a, b) for _, a, _, b, _ in lines if a.startswith("net/") == made)


@settings(max_examples=150, deadline=None)
@given(shape=SHAPES)
def test_growth_by_a_node_keeps_every_cable(shape: Shape) -> None:
    old, plain = built(shape, shape.few), built(shape, shape.few + 1)
    if isinstance(old, list) or isinstance(plain, list):
        return
    was, without = schedule(old), ends(schedule(plain))
    new = built(shape, shape.few + 1, was)
    before, free = pairs(ends(was), made=True), pairs(without, made=True)
    if isinstance(new, list):
        assert set(new) <= {"E723", "E727"}
        gone = degrees(ends(was)).keys() - degrees(without).keys()
        assert bool(gone) == ("E723" in new)
        fewer = any(count > free[pair] for pair, count in before.items())
        down = pairs(ends(was), made=False).keys() - {(a, b) for _, a, _, b, _ in without}
        other_planes = shape.planes > 1 and degrees(ends(was)).keys() != degrees(without).keys()
        assert gone or fewer or down or other_planes, "refused although every cable has its place"
        return
    now = ends(schedule(new))
    assert set(ends(was)) <= set(now)
    ports = [end for line in now for end in (line[1:3], line[3:5])]
    assert len(set(ports)) == len(ports) == 2 * len(without)
    assert pairs(now, made=True) == free
    ends_only = {device: links for device, links in degrees(without).items() if not device.startswith("net/")}
    assert ends_only.items() <= degrees(now).items()
    if all(degrees(ends(was))[device] <= links for device, links in degrees(without).items()):
        assert degrees(now) == degrees(without)


@settings(max_examples=60, deadline=None)
@given(shape=SHAPES, every=st.integers(1, 4))
def test_the_own_schedule_or_a_part_of_it_changes_nothing(shape: Shape, every: int) -> None:
    plain = built(shape, shape.few)
    if isinstance(plain, list):
        return
    text = schedule(plain)
    head, *lines = text.splitlines(keepends=True)
    pinned = built(shape, shape.few, head + "".join(lines[::every]))
    assert not isinstance(pinned, list)
    assert schedule(pinned) == text
    assert [len(one.blocks) for one in pinned.links] == [len(one.blocks) for one in plain.links]
    assert [one.code for one in pinned.warnings] == [one.code for one in plain.warnings]


@settings(max_examples=60, deadline=None)
@given(shape=SHAPES)
def test_cables_written_by_hand_hold(shape: Shape) -> None:
    """Two ends of a rail that change places by hand stay there."""
    plain = built(shape, shape.few)
    if isinstance(plain, list):
        return
    lines = [line for line in ends(schedule(plain)) if not line[1].startswith("net/")]
    by_switch: dict[str, list[tuple[str, ...]]] = {}
    for line in lines:
        by_switch.setdefault(line[3], []).append(line)
    two = next((some for some in by_switch.values() if len(some) > 1), None)
    if two is None:
        return
    one, other = two[0], two[-1]
    pins = f"a_device,a_port,b_device,b_port\n{one[1]},{one[2]},{other[3]},{other[4]}\n"
    pinned = built(shape, shape.few, pins)
    assert not isinstance(pinned, list)
    now = ends(schedule(pinned))
    assert (one[1], one[2], other[3], other[4]) in {line[1:] for line in now}
    assert degrees(now) == degrees(ends(schedule(plain)))
    assert sorted(end for line in now for end in (line[1:3], line[3:])) == sorted(
        end for line in ends(schedule(plain)) for end in (line[1:3], line[3:])
    )


@settings(max_examples=40, deadline=None)
@given(shape=SHAPES, more=st.sampled_from(["", "medium: dr", "medium: aoc"]), turned=st.booleans())
def test_no_cable_that_keeps_its_ends_is_renamed(shape: Shape, more: str, turned: bool) -> None:  # noqa: FBT001
    old = built(shape, shape.few)
    way = ", ".join(reversed(shape.way.split(", "))) if turned else shape.way
    new = built(shape._replace(way=f"{more}, {way}" if more else way), shape.few + 1)
    if isinstance(old, list) or isinstance(new, list):
        return
    before, after = ({line[1:]: line[0] for line in ends(schedule(one))} for one in (old, new))
    assert all(before[cable] == after[cable] for cable in before.keys() & after.keys())
    assert not {name for cable, name in after.items() if cable not in before} & set(before.values())
