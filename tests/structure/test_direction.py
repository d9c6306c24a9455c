"""The direction of a link comes from its ends; ratios, the table and expectations use the same one."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from tests.helpers_fabric import fabric_of, figure_of, shipped_fabric
from tests.properties.odd_fabrics import Odd, odd_fabrics, quick
from topogen.checks.expectations import check_expectations
from topogen.errors import InputError
from topogen.figures.no_figure import NoFigureError
from topogen.report.structure_report import switches_items
from topogen.report.table import Note
from topogen.structure.direction import DOWN, SIDEWAYS, UP, Directions
from topogen.structure.oversubscription import switch_uses
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

LEAF = "leaf: {role: switch, ports: {down: {count: 48, lanes: 4, lane_rate: 25 Gb/s}, %s}}"
UPLINKS = "up: {count: 4, lanes: 4, lane_rate: 25 Gb/s}"
PEERED = f"""
devices:
  nic: {{role: nic, ports: {{eth: {{count: 2, lanes: 4, lane_rate: 25 Gb/s}}}}}}
  {LEAF % f"{UPLINKS}, peer: {{count: 2, lanes: 4, lane_rate: 25 Gb/s}}"}
  spine: {{role: switch, ports: {{eth: {{count: 8, lanes: 4, lane_rate: 25 Gb/s}}}}}}
instances: {{nic: 48, leaf: 2, spine: 2}}
links:
  hosts: {{network: front_end, a: nic.eth, b: leaf.down, pattern: planes}}
  up: {{network: front_end, a: leaf.up, b: spine.eth, pattern: planes}}
  peer: {{network: front_end, a: "leaf[0].peer", b: "leaf[1].peer", pattern: one_to_one}}
"""
STORAGE = """
devices:
  sto: {role: host, ports: {eth: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  leaf:
    role: switch
    ports:
      south: {count: 8, lanes: 4, lane_rate: 100 Gb/s}
      north: {count: 4, lanes: 4, lane_rate: 100 Gb/s}
  spine: {role: switch, ports: {eth: {count: 4, lanes: 4, lane_rate: 100 Gb/s}}}
instances: {sto: 8, leaf: 1, spine: 1}
links:
  st: {network: storage, a: sto.eth, b: leaf.south, pattern: spread}
  up: {network: front_end, a: leaf.north, b: spine.eth, pattern: planes}
"""
MANAGED = """
devices:
  nic:
    role: nic
    ports: {net: {count: 1, lanes: 4, lane_rate: 100 Gb/s}, bmc: {count: 1, lanes: 1, lane_rate: 1 Gb/s}}
  leaf:
    role: switch
    ports: {net: {count: 12, lanes: 4, lane_rate: 100 Gb/s}, mgmt: {count: 1, lanes: 1, lane_rate: 1 Gb/s}}
  spine:
    role: switch
    ports: {net: {count: 8, lanes: 4, lane_rate: 100 Gb/s}, mgmt: {count: 1, lanes: 1, lane_rate: 1 Gb/s}}
  oob: {role: switch, ports: {down: {count: 12, lanes: 1, lane_rate: 1 Gb/s}}}
instances: {nic: 8, leaf: 2, spine: 1, oob: 1}
links:
  hosts: {network: scale_out, a: nic.net, b: "leaf.net[0-3]", pattern: spread}
  up: {network: scale_out, a: "leaf.net[4-7]", b: spine.net, pattern: planes}
  bmc: {network: management, a: nic.bmc, b: "oob.down[0-7]", pattern: spread}
  switches: {network: management, a: [leaf.mgmt, spine.mgmt], b: "oob.down[8-11]", pattern: spread}
"""


def tree(hosts: int, expect: str) -> Fabric:
    """Return a fat tree whose last leaf is part filled."""
    return fabric_of(f"""
devices:
  s: {{role: host, ports: {{e: {{count: 1, lanes: 1, lane_rate: 25 Gb/s}}}}}}
  l:
    role: switch
    ports:
      down: {{count: 48, lanes: 1, lane_rate: 25 Gb/s}}
      up: {{count: 4, lanes: 4, lane_rate: 25 Gb/s}}
  p: {{role: switch, ports: {{e: {{count: 32, lanes: 4, lane_rate: 25 Gb/s}}}}}}
instances: {{s: {hosts}}}
fabrics:
  n:
    {{network: front_end, pattern: fat_tree, tiers: 2, ends: s.e, switch: {{leaf: l, spine: p}},
     leaf: {{down: 48, up: 4}}}}
expect: {{oversubscription: {{{expect}}}}}
""")


def held(fabric: Fabric) -> list[bool]:
    return [one.holds for one in check_expectations(fabric, roll_up(fabric))]


def test_links_between_peers_count_neither_as_down_nor_as_up() -> None:
    fabric = fabric_of(PEERED)
    leaf = next(use for use in switch_uses(fabric) if use.device_role == "leaf")
    assert (leaf.least, leaf.most, leaf.sideways) == (Fraction(12), Fraction(12), 4 * 100_000)
    assert figure_of(fabric, "oversubscription", "leaf") == 12


def test_a_network_that_continues_in_another_has_one_ratio() -> None:
    fabric = fabric_of(STORAGE)
    leaf = next(use for use in switch_uses(fabric) if use.device_role == "leaf")
    assert (leaf.network, leaf.most) == ("storage+front_end", Fraction(2))
    assert figure_of(fabric, "oversubscription", "leaf") == 2


def test_managed_switches_are_endpoints_of_the_management_network() -> None:
    fabric = fabric_of(MANAGED)
    found = {(use.device_role, use.network): (use.down, use.up) for use in switch_uses(fabric)}
    assert found["leaf", "scale_out"] == (3_200_000, 3_200_000)
    assert found["oob", "management"] == (11_000, 0)
    assert figure_of(fabric, "oversubscription", "leaf") == 1


def test_routers_of_a_direct_network_are_peers() -> None:
    fabric = shipped_fabric("slingshot-dragonfly", "small")
    (use,) = switch_uses(fabric)
    assert use.most is None
    notes = [item.text for item in switches_items(fabric, [use]) if isinstance(item, Note)]
    assert any("endpoint to peer bandwidth is" in note for note in notes)


@pytest.mark.parametrize(
    ("expected", "holds"),
    [
        ("n/leaf: at most 2", False),
        ("n/leaf: at most 3", True),
        ("n/leaf: 3", True),
        ("n/leaf least: 0.75", True),
        ("n/leaf mean: 1.875", True),
        ("n/leaf: 1.875", False),
    ],
)
def test_a_ratio_is_that_of_the_worst_switch_unless_asked_otherwise(expected: str, holds: bool) -> None:  # noqa: FBT001
    assert held(tree(60, expected)) == [holds]


@pytest.mark.parametrize(
    ("expected", "holds"),
    [
        ("3", False),
        ("2.938", False),
        ("about 2.938", True),
        ("about 2.94", True),
        ("about 2.93", False),
        ("2.938 +- 0.001", True),
        ("2.936 +- 0.0005", False),
        ("at most 2.9375", True),
        ("2.9375", True),
    ],
)
def test_equality_is_exact_unless_a_tolerance_is_written(expected: str, holds: bool) -> None:  # noqa: FBT001
    fabric = tree(47, f"n/leaf: {expected}")
    assert figure_of(fabric, "oversubscription", "n/leaf") == Fraction(47, 16)
    assert held(fabric) == [holds]


def test_a_switch_without_uplinks_has_no_ratio_to_pass() -> None:
    cut = STORAGE.replace("leaf: 1, spine: 1", "leaf: 2, spine: 1").replace("leaf.north", '"leaf[0].north"')
    with pytest.raises(NoFigureError, match='1 switches of "leaf" have links down and none up'):
        figure_of(fabric_of(cut), "oversubscription", "leaf")


@pytest.mark.parametrize(
    "key", ["parts: {x at anywhere: 0}", "devices: {gpu in r1: 0}", "length: {x at r1: {max: 1 m}}"]
)
def test_a_narrowing_that_is_not_counted_is_refused_at_its_key(key: str) -> None:
    with pytest.raises(InputError, match=r"E109.*is not a key of this figure"):
        fabric_of(f"instances: {{gpu: 1}}\ndevices: {{gpu: {{role: gpu}}}}\nexpect: {{{key}}}")


@quick
@given(odd_fabrics())
def test_the_two_ends_of_a_link_see_opposite_directions(odd: Odd) -> None:
    directions = Directions(odd.fabric)
    for link in odd.fabric.links:
        for block in link.blocks:
            if block.b is None:
                assert directions.at(link, block, "a") in (UP, DOWN)
            else:
                ways = directions.at(link, block, "a"), directions.at(link, block, "b")
                assert ways in ((UP, DOWN), (DOWN, UP), (SIDEWAYS, SIDEWAYS))


@pytest.mark.parametrize("port", ["eth", "up", "down"])
@pytest.mark.parametrize(
    "keys",
    [
        "pattern: fat_tree, tiers: 2",
        "pattern: jellyfish, switches: 4, degree: 3, seed: 1",
        "pattern: hyperx, dims: [2, 2], hosts_per_router: 4",
        (
            "pattern: dragonfly_plus, groups: 2, leaves_per_group: 2, spines_per_group: 2,"
            " hosts_per_leaf: 4, globals_per_spine: 1"
        ),
    ],
)
def test_the_name_of_the_only_port_group_says_nothing_of_direction(keys: str, port: str) -> None:
    def uses(name: str) -> list[tuple[object, ...]]:
        text = f"""
devices:
  nic: {{role: nic, ports: {{eth: {{count: 1, lanes: 4, lane_rate: 100 Gb/s}}}}}}
  sw: {{role: switch, ports: {{{name}: {{count: 8, lanes: 4, lane_rate: 100 Gb/s}}}}}}
instances: {{nic: 16}}
fabrics: {{net: {{network: scale_out, ends: nic.eth, switch: sw, {keys}}}}}
"""
        fabric = fabric_of(text)
        seen = Directions(fabric)
        return [
            (link.name, seen.at(link, block, "a"), seen.at(link, block, "b"))
            for link in fabric.links
            for block in link.blocks
        ]

    assert uses(port) == uses("eth")
