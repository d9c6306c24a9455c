"""Port groups of switches chosen by name, so that others stay free for links of the file."""

from __future__ import annotations

import pytest

from tests.helpers_fabric import counts_of, fabric_of
from topogen.errors import InputError

TEXT = """
devices:
  nic: {role: nic, ports: {net: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  sw:
    role: switch
    ports:
      a: {count: 16, lanes: 4, lane_rate: 100 Gb/s}
      b: {count: 16, lanes: 4, lane_rate: 100 Gb/s}
      x: {count: 4, lanes: 4, lane_rate: 200 Gb/s}
  core: {role: switch, ports: {p: {count: 32, lanes: 4, lane_rate: 200 Gb/s}}}
templates: {node: {level: node, contains: {nic: 8}}}
instances: {node: 16, core: 2}
fabrics:
  net:
    {network: scale_out, pattern: fat_tree, tiers: 2, ends: nic.net, switch: sw, switch_ports: PORTS,
     medium: dr}
"""


def test_a_group_for_each_direction() -> None:
    fabric = fabric_of(TEXT.replace("PORTS", "{down: a, up: b}"), shipped=True)
    assert counts_of(fabric, "devices", ["net/leaf", "net/spine"]) == (8, 8)
    assert counts_of(fabric, "links", ["net/hosts", "net/leaf_spine"]) == (128, 128)


def test_one_group_for_both_leaves_the_others_to_links_of_the_file() -> None:
    more = "links: {up: {network: scale_out, a: net/spine.x, b: core.p, pattern: spread, medium: dr}}\n"
    fabric = fabric_of(f"{TEXT.replace('PORTS', 'a')}{more}", shipped=True)
    leaves, spines = counts_of(fabric, "devices", ["net/leaf", "net/spine"])
    assert (leaves, spines) == (16, 8)
    assert counts_of(fabric, "links", ["up"]) == (4 * spines,)


OTHER_SPINES = TEXT.replace("switch: sw", "switch: {leaf: sw, spine: core}").replace("rate: 200", "rate: 100")


@pytest.mark.parametrize("ports", ["{leaf: {down: a, up: b}}", "{leaf: {down: a, up: b}, spine: p}"])
def test_each_role_has_groups_of_its_own_names(ports: str) -> None:
    fabric = fabric_of(OTHER_SPINES.replace("PORTS", ports), shipped=True)
    assert counts_of(fabric, "devices", ["net/leaf", "net/spine"]) == (8, 4)
    assert counts_of(fabric, "links", ["net/hosts", "net/leaf_spine"]) == (128, 128)


def test_names_for_all_roles_that_one_type_lacks_say_how_to_name_a_role() -> None:
    with pytest.raises(InputError, match=r"E753.*core has no port group(?s:.)*name those of each role"):
        fabric_of(OTHER_SPINES.replace("PORTS", "a"), shipped=True)


@pytest.mark.parametrize(
    ("ports", "code"),
    [
        ("z", "E753"),
        ("{down: a, up: z}", "E753"),
        ("{down: a}", "E641"),
        ("{over: a, up: b}", "E640"),
        ("{leef: a}", "E640"),
        ("{leaf: {down: a}}", "E641"),
        ("{leaf: {over: a}}", "E640"),
        ("{leaf: z}", "E753"),
    ],
)
def test_a_group_that_is_not_there_is_refused(ports: str, code: str) -> None:
    with pytest.raises(InputError, match=code):
        fabric_of(TEXT.replace("PORTS", ports), shipped=True)


@pytest.mark.parametrize("ports", ['"a b"', "z", "{down: a b, up: a}", "{over: a, up: b}"])
def test_one_wrong_value_is_reported_once(ports: str) -> None:
    with pytest.raises(InputError) as refused:
        fabric_of(TEXT.replace("PORTS", ports), shipped=True)
    assert len(refused.value.problems) == 1


def test_several_groups_of_other_names_have_to_be_chosen() -> None:
    with pytest.raises(InputError, match=r"E201.*(?s:.)*say which with switch_ports: a"):
        fabric_of(TEXT.replace("switch_ports: PORTS,", ""), shipped=True)
