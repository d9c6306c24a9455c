"""Long lists of pairs are resolved at once: always to what each selector means by itself."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of
from topogen.errors import InputError
from topogen.model.expand import expand
from topogen.model.fabric import device_name
from topogen.model.select import SelectionError, select_ports
from topogen.model.select_many import NONE, name_ports
from topogen.selector import parse_selector
from topogen.units import ReadError

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

TREE = """
devices:
  gpu:
    role: gpu
    ports: {p: {count: 3, lanes: 1, lane_rate: 100 Gb/s}, e1: {count: 1, lanes: 1, lane_rate: 100 Gb/s}}
  b300: {role: gpu, ports: {p: {count: 2, lanes: 1, lane_rate: 100 Gb/s}}}
  chip: {role: switch, ports: {p: {count: 40, lanes: 1, lane_rate: 100 Gb/s}}}
  nic: {role: nic, ports: {e1: {count: 1, lanes: 1, lane_rate: 100 Gb/s}}}
templates:
  tray: {level: tray, contains: {gpu: 2, "b300": 1, "n[3,1]": nic}}
  big: {level: rack, contains: {tray: 2, "s[1-2]": chip, a1: chip}}
  small: {level: rack, contains: {tray: 1, chip: 1, "sw[08-12:2]": chip}}
instances: {"r[1-3]": big, "r[5-6]": small, "r[010-011]": big, one: small, "gpu": 12}
"""
STEPS = (
    *(
        "r1",
        "r2",
        "r3",
        "r[1]",
        "r[5]",
        "r[9]",
        "r010",
        "r10",
        "r[10]",
        "r01",
        "one",
        "big",
        "small",
        "r[1-2]",
    ),
    *("tray0", "tray[1]", "tray", "s1", "s[2]", "a1", "a[1]", "sw08", "sw8", "sw[8]", "sw[9]", "chip"),
    *("chip0", "chip[0]", "gpu0", "gpu[1]", "gpu[01]", "gpu01", "gpu11", "gpu[11]", "b300", "b300[0]"),
    *("b300_0", "n3", "n[1]", "n[3,1]", "nic", "gpu[123456789012]", "GPU", "gpu#", ""),
)
PORTS = (
    "",
    ".p",
    ".p[0]",
    ".p[2]",
    ".p[0-1]",
    ".p[1-0]",
    ".p[3]",
    ".p[39]",
    ".e1",
    ".e1[0]",
    ".e[1]",
    ".q",
    ".",
)


@cache
def tree() -> Fabric:
    return fabric_of(TREE)


def selectors() -> st.SearchStrategy[str]:
    steps = st.lists(st.sampled_from(STEPS), min_size=1, max_size=3).map("/".join)
    return st.builds("{}{}".format, steps, st.sampled_from(PORTS))


@settings(max_examples=300)
@given(st.lists(selectors(), min_size=1, max_size=30))
def test_what_is_resolved_at_once_is_what_each_selector_names(texts: list[str]) -> None:
    fabric = tree()
    named = name_ports(fabric.groups, texts)
    for row, text in enumerate(texts):
        alone = named_alone(fabric, text)
        if named.group[row] != NONE:
            first, count = int(named.first[row]), int(named.count[row])
            ports = tuple(range(first, first + count))
            assert alone == (named.group[row], named.port[row], named.device[row], ports)


@pytest.mark.parametrize(
    "text",
    [
        *("gpu11.p[2]", "gpu[3].p[0-1]", "r1/tray0/gpu1.p[0]", "r[5]/tray[0]/gpu[1].e1", "r010/s2.p[39]"),
        *("r1/tray1/n3.e1", "r3/a1.p[0]", "one/sw08.p[1]", "r5/sw[10].p[0-39]"),
        *("r2/tray0/b300[0].p[1]", "r2/tray0/b300_0.p[1]"),
    ],
)
def test_the_names_of_cable_lists_are_resolved_at_once(text: str) -> None:
    assert name_ports(tree().groups, [text]).group[0] != NONE
    assert named_alone(tree(), text)


def named_alone(fabric: Fabric, text: str) -> tuple[int, int, int, tuple[int, ...]] | None:
    """Return group, port group, device and ports of a selector that names ports of one device."""
    try:
        pieces = select_ports(fabric.groups, parse_selector(text))
    except (SelectionError, ReadError):
        return None
    if len(pieces) != 1 or pieces[0].count != 1:
        return None
    (piece,) = pieces
    count = fabric.groups[piece.group].type.ports[piece.port].count
    ports = tuple(sorted(piece.ports)) if piece.ports is not None else tuple(range(count))
    return piece.group, piece.port, int(piece.devices()[0]), ports


LIST = """
devices:
  gpu:
    role: gpu
    ports: {p: {count: 4, lanes: 1, lane_rate: 100 Gb/s}, q: {count: 2, lanes: 2, lane_rate: 100 Gb/s}}
  sw:
    role: switch
    ports: {p: {count: 9, lanes: 1, lane_rate: 100 Gb/s}, q: {count: 3, lanes: 2, lane_rate: 100 Gb/s}}
templates: {rack: {level: rack, contains: {gpu: 3, sw: 1}}}
instances: {"r[1-4]": rack, "spine[0-1]": sw}
links: {all: {network: scale_out, pattern: explicit, pairs: PAIRS}}
"""
DEVICES = (
    *((f"r{rack}/gpu{gpu}", {"p": 4, "q": 2}) for rack in range(1, 5) for gpu in range(3)),
    *((f"r{rack}/sw0", {"p": 9, "q": 3}) for rack in range(1, 5)),
    *((f"spine{number}", {"p": 9, "q": 3}) for number in range(2)),
)


@st.composite
def rows(draw: st.DrawFn) -> tuple[tuple[str, str, range], tuple[str, str, range]]:
    """Return two ends of a row: device, port group, ports; their number and the rate are equal."""
    group, count = draw(st.sampled_from(("p", "q"))), draw(st.integers(1, 2))
    ends = []
    for name, ports in draw(st.lists(st.sampled_from(DEVICES), min_size=2, max_size=2)):
        first = draw(st.integers(0, ports[group] - count))
        ends.append((name, group, range(first, first + count)))
    return ends[0], ends[1]


def written(end: tuple[str, str, range]) -> str:
    name, group, ports = end
    numbers = f"{ports[0]}" if len(ports) == 1 else f"{ports[0]}-{ports[-1]}"
    return f"{name}.{group}[{numbers}]"


LOOP, AFTER = ("r1/gpu0", "p", range(1)), ("r1/gpu1", "p", range(1))


@example([(LOOP, ("r1/gpu0", "p", range(1, 2))), (LOOP, AFTER)], "table")
@settings(max_examples=150, deadline=None)
@given(st.lists(rows(), min_size=1, max_size=25), st.sampled_from(["table", "inline"]))
def test_a_list_is_wired_row_by_row_as_written(
    pairs: list[tuple[tuple[str, str, range], tuple[str, str, range]]], form: str
) -> None:
    """The obvious way: each row joins its ports in order; a row that names a port again is refused."""
    taken: set[tuple[str, str, int]] = set()
    wrong, links = set(), []
    for line, (a, b) in enumerate(pairs, 2):
        ends = [(name, group, port) for name, group, ports in (a, b) for port in ports]
        if a[0] == b[0] or taken & set(ends):
            wrong.add(line)
        taken |= set(ends) if a[0] != b[0] else set()
        joined = zip(a[2], b[2], strict=True)
        links += [((a[0], a[1], one), (b[0], b[1], other)) for one, other in joined]
    tables = {"t.csv": "a;b\n" + "".join(f"{written(a)};{written(b)}\n" for a, b in pairs)}
    inline = "[" + ", ".join(f"['{written(a)}', '{written(b)}']" for a, b in pairs) + "]"
    text = LIST.replace("PAIRS", "t.csv" if form == "table" else inline)
    if not wrong:
        assert sorted(links_of(fabric_of(text, tables=tables))) == sorted(links)
        return
    with pytest.raises(InputError) as refused:
        fabric_of(text, tables=tables)
    problems = [one for one in refused.value.problems if one.is_error]
    assert {one.code for one in problems} <= {"E201", "E205", "E208"}
    if form == "table":
        lines = {one.mark.line for one in problems if one.mark}
        assert lines <= wrong
        assert {one for one in wrong if pairs[one - 2][0][0] != pairs[one - 2][1][0]} <= lines


def links_of(fabric: Fabric) -> list[tuple[tuple[str, str, int], tuple[str, str, int]]]:
    """Return both ends of each link: device, port group, port."""
    found = []
    for group in fabric.links:
        columns = expand(fabric, group)
        for block, part in columns.blocks:
            names = [fabric.groups[end.group].type.ports[end.port].name for end in block.ends]
            ends = zip(
                columns.a[part], columns.a_port[part], columns.b[part], columns.b_port[part], strict=True
            )
            for a, a_port, b, b_port in ends:
                one = device_name(fabric, int(a)), names[0], int(a_port)
                found.append((one, (device_name(fabric, int(b)), names[1], int(b_port))))
    return found
