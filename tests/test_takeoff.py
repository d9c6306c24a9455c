from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.helpers_fabric import fabric_of
from topogen.takeoff.take_off import take_off

if TYPE_CHECKING:
    from topogen.takeoff.quantities import Quantity

TEXT = """
devices:
  gpu: {{role: gpu, part: g, ports: {{p: {{count: 2, lanes: 4, lane_rate: 100 Gb/s, cage: {{links: 2}}}}}}}}
  nic: {{role: nic, part: n, ports: {{p: {{count: 1, lanes: 4, lane_rate: 100 Gb/s}}}}}}
  box:
    {{role: switch, part: s, ports: {{p: {{count: 8, lanes: 4, lane_rate: 100 Gb/s, cage: {{links: 4}}}}}}}}
templates: {{tray: {{level: tray, part: frame, contains: {{gpu: 2, nic: 1}}}}}}
instances: {{tray: 2, box: 1}}
links: {{x: {{network: scale_up, {links}, medium: {medium}}}}}
catalog:
  parts: {{{parts}}}
  media:
    dr:
      kind: optical
      interface: dr
      fibres_per_lane: 1
      recipe:
        module: {{per: end, part: {table}}}
        cord: {{per: link, part: cord, qty: 2}}
        strand: {{per: lane, part: glass}}
    cpo:
      kind: optical
      interface: dr
      fibres_per_lane: 1
      recipe:
        panel: {{per: device, part: panel, qty: 3}}
        cord: {{per: link, part: other}}
    cu: {{kind: copper, recipe: {{pair: {{per: lane, part: wire}}, dac: {{per: link, part: {table}}}}}}}
"""
PARTS = ", ".join(
    f"{name}: {{is: part}}"
    for name in ["g", "n", "s", "frame", "one", "two", "cord", "other", "glass", "panel", "wire"]
)
TABLE = "{1 x 4 x 100 Gb/s: one, 2 x 4 x 100 Gb/s: two}"
BOTH, OUT = "a: gpu.p, b: box.p, pattern: planes", "a: gpu.p, pattern: external, to: out"


def taken(links: str, medium: str = "dr") -> dict[str, Quantity]:
    """Return the quantities of the medium by line and host or group."""
    rows = take_off(fabric_of(TEXT.format(links=links, medium=medium, parts=PARTS, table=TABLE)))
    return {f"{row.line} {row.classes[0].host}": row for row in rows if row.cost_scope == "interconnect"}


def counts(links: str, medium: str = "dr") -> dict[str, tuple[str | None, int]]:
    return {key: (row.part, row.qty) for key, row in taken(links, medium).items()}


def test_a_link_with_two_ends_owns_a_module_at_each_and_one_cord() -> None:
    assert counts(BOTH) == {
        "cord cable": ("cord", 8 * 2),
        "strand link": ("glass", 8 * 8),
        "module gpu": ("two", 4),
        "module box": (None, 2),  # no part for cages of four: a gap
    }


def test_an_external_link_owns_its_own_end_and_the_cable() -> None:
    assert counts(OUT) == {"cord cable": ("cord", 16), "strand link": ("glass", 64), "module gpu": ("two", 4)}


def test_ends_that_differ_own_their_own_parts_and_a_owns_those_of_the_link() -> None:
    assert counts(BOTH, "{a: dr, b: cpo}") == {
        "cord cable": ("cord", 16),
        "strand link": ("glass", 64),
        "module gpu": ("two", 4),
        "panel box": ("panel", 3),
    }
    assert "cord cable" in counts(BOTH, "{a: cpo, b: dr}")
    assert counts(BOTH, "{a: cpo, b: dr}")["cord cable"] == ("other", 8)


@pytest.mark.parametrize(("per_cable", "part", "cables"), [(1, "one", 8), (2, "two", 4)])
def test_an_assembly_is_one_a_cable(per_cable: int, part: str, cables: int) -> None:
    assert counts(f"{BOTH}, links_per_cable: {per_cable}", "cu")["dac cable"] == (part, cables)


def test_copper_lanes_are_pairs() -> None:
    assert counts(BOTH, "cu")["pair link"] == ("wire", 8 * 4 * 2)


def test_a_part_that_no_row_names_is_a_gap_in_words() -> None:
    assert taken(BOTH)["module box"].gap == 'recipe line "module" names no part for 4 x 4 x 100 Gb/s'


def test_devices_and_templates_are_bought_by_their_role() -> None:
    rows = take_off(fabric_of(TEXT.format(links=OUT, medium="dr", parts=PARTS, table=TABLE)))
    bought = {row.part: (row.cost_scope, row.qty) for row in rows if row.line == "device"}
    assert bought == {
        "frame": ("system", 2),  # it holds devices that are bought as parts
        "g": ("host", 4),
        "n": ("network_device", 2),
        "s": ("network_device", 1),
    }


def test_a_device_names_the_networks_it_is_linked_in() -> None:
    rows = {
        row.part: row.network
        for row in take_off(fabric_of(TEXT.format(links=BOTH, medium="dr", parts=PARTS, table=TABLE)))
    }
    assert (rows["g"], rows["s"], rows["n"]) == ("scale_up", "scale_up", "")


def test_one_end_counts_the_a_end_of_inner_links_and_the_only_end_of_outer_ones() -> None:
    inner, outer = taken(BOTH), taken(OUT)
    assert [inner[f"module {host}"].basis.one_end for host in ("gpu", "box")] == [1, 0]
    assert outer["module gpu"].basis.one_end == 1
    assert taken("a: gpu.p, b: gpu.p, pattern: spread")["module gpu"].basis.one_end * 2 == 1


def test_a_table_is_read_by_links_lanes_and_rate() -> None:
    fabric = fabric_of(TEXT.format(links=OUT, medium="dr", parts=PARTS, table=TABLE))
    line = fabric.catalog.media["dr"].recipe["module"]
    assert line.part_for(2, 4, 100_000) == "two"
    assert line.part_for(2, 4, 200_000) is None
    assert line.part_for(2, None, None) is None
