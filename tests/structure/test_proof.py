"""Ports, degrees and cuts from the columns against plain counting, and against links that are wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from tests.helpers_fabric import fabric_of
from tests.properties.odd_fabrics import Odd, odd_fabrics, quick
from tests.properties.recount import ends_of, links_of
from topogen.model.expand import expand
from topogen.report.structure_report import proof_items, proof_json
from topogen.report.terminal import report_lines
from topogen.structure import proof
from topogen.structure.proof import degrees, prove_ports

if TYPE_CHECKING:
    from topogen.model.expand import Columns
    from topogen.model.fabric import Fabric
    from topogen.structure.proof import PortProof

PAIRS = """
devices:
  end:
    role: gpu
    ports: {p: {count: 3, lanes: 1, lane_rate: 100 Gb/s}, q: {count: 1, bandwidth: 1 Gb/s bidir}}
  box: {role: switch, ports: {p: {count: 8, lanes: 1, lane_rate: 100 Gb/s}}}
instances: {end: 4, box: 2}
links:
  up: {network: scale_out, a: end.p, b: box.p, pattern: planes}
expect: {free_ports: {end: 4, box: 4}}
"""


def columns_of(fabric: Fabric) -> list[Columns]:
    return [expand(fabric, group) for group in fabric.links]


@quick
@given(odd_fabrics())
def test_every_end_of_an_odd_fabric_has_a_port_of_its_own(odd: Odd) -> None:
    found = prove_ports(odd.fabric)
    assert all(one.holds for one in found)
    expected: Counter[tuple[str, str]] = Counter()
    for _, _, end in ends_of(links_of(odd.fabric)):
        group = next(g for g in odd.fabric.groups if g.first <= end.device < g.first + g.count)
        expected[group.label, group.type.ports[end.kind].name] += 1
    assert Counter({(one.devices, one.port): one.ends for one in found}) == expected


@quick
@given(odd_fabrics())
def test_degrees_are_a_count_of_ends(odd: Odd) -> None:
    counted = Counter(end.device for _, _, end in ends_of(links_of(odd.fabric)))
    found = degrees(odd.fabric, columns_of(odd.fabric))
    assert found.tolist() == [counted[device] for device in range(odd.fabric.n_devices)]


def test_pieces_give_what_the_whole_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    fabric = fabric_of(PAIRS)
    columns = columns_of(fabric)
    whole = prove_ports(fabric, columns), degrees(fabric, columns).tolist()
    monkeypatch.setattr(proof, "AT_ONCE", 5)
    pieces = prove_ports(fabric, columns), degrees(fabric, columns).tolist()
    assert pieces == whole


def wrong(column: str, value: int) -> dict[str, PortProof]:
    """Return what is found, by device, where the second link has another device or port."""
    fabric = fabric_of(PAIRS)
    (columns,) = columns_of(fabric)
    values = getattr(columns, column).copy()
    values[1] = value
    found = prove_ports(fabric, [replace(columns, **{column: values})])
    return {one.devices: one for one in found if one.port == "p"}


def test_a_port_taken_twice_is_found() -> None:
    found = wrong("a_port", 0)["end"]
    assert (found.ends, found.distinct, found.missing, found.holds) == (12, 11, 0, False)


@pytest.mark.parametrize(
    ("column", "value"),
    [("b_port", 8), ("b_port", -1), ("b", 6), ("b", 3), ("b", -1), ("b_port", 32_767), ("b", 2**31 - 1)],
)
def test_a_port_or_device_that_is_not_there_is_found(column: str, value: int) -> None:
    found = wrong(column, value)
    assert found["end"].holds
    assert (found["box"].ends, found["box"].distinct, found["box"].missing) == (12, 11, 1)


def test_links_that_the_model_does_not_book_are_found() -> None:
    fabric = fabric_of(PAIRS)
    found = {one.devices: one for one in prove_ports(fabric, []) if one.port == "p"}
    assert (found["box"].ends, found["box"].booked, found["box"].holds) == (0, 12, False)


def test_a_proof_is_a_sentence_and_what_contradicts_it_a_table() -> None:
    fabric = fabric_of(PAIRS)
    assert list(report_lines(proof_items(fabric, prove_ports(fabric)), 100)) == [
        "Proved on 12 links: each of 24 ends has its own existing port."
    ]
    shown = "\n".join(report_lines(proof_items(fabric, prove_ports(fabric, [])), 100))
    assert "please report it" in shown
    assert "box" in shown
    assert [row["holds"] for row in proof_json(prove_ports(fabric)) or ()] == [True, True, True]
