"""Ports that are fitted and never used: no link takes them, no module is bought for them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers_fabric import counts_of, fabric_of
from tests.properties.recount import links_of
from topogen.cabling.port_uses import port_uses
from topogen.checks.expectations import check_expectations
from topogen.errors import InputError
from topogen.takeoff.roll_up import roll_up

TEXT = """
devices:
  nic: {role: nic, ports: {net: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  box: {role: switch, ports: {net: {count: 16, lanes: 4, lane_rate: 100 Gb/s, reserved: RESERVED}}}
instances: {nic: 24}
fabrics: {net: {network: scale_out, pattern: fat_tree, tiers: 2, ends: nic.net, switch: box, medium: dr}}
"""


@pytest.mark.parametrize(("reserved", "leaves", "spines"), [(0, 3, 2), (4, 4, 2), (8, 6, 4)])
def test_a_fabric_is_sized_for_the_ports_that_are_not_reserved(
    reserved: int, leaves: int, spines: int
) -> None:
    made = fabric_of(TEXT.replace("RESERVED", str(reserved)), shipped=True)
    assert counts_of(made, "devices", ["net/leaf", "net/spine"]) == (leaves, spines)
    uses = {one.devices: one for one in port_uses(made)}
    for role, count in (("net/leaf", leaves), ("net/spine", spines)):
        use = uses[role]
        assert use.reserved == count * reserved
        assert use.used + use.free + use.reserved == 16 * count


LISTED = """
devices:
  a: {{role: gpu, ports: {{p: {{count: {ports}, lanes: 4, lane_rate: 100 Gb/s, reserved: {reserved}}}}}}}
  b: {{role: switch, ports: {{p: {{count: 64, lanes: 4, lane_rate: 100 Gb/s}}}}}}
instances: {{a: 3, b: 2}}
links: {{x: {{network: scale_up, a: a.p, b: b.p, pattern: {pattern}, medium: dr}}}}
"""


@given(st.integers(1, 12), st.data(), st.sampled_from(["spread", "planes", "full_mesh"]))
def test_no_link_and_no_module_takes_a_reserved_port(ports: int, data: st.DataObject, pattern: str) -> None:
    reserved = data.draw(st.integers(0, ports - 1))
    if pattern == "full_mesh" and ports - reserved < 2:
        reserved = max(0, ports - 2)
    try:
        made = fabric_of(LISTED.format(ports=ports, reserved=reserved, pattern=pattern), shipped=True)
    except InputError:
        assert (pattern, ports) == ("full_mesh", 1)
        return
    usable = fabric_of(LISTED.format(ports=ports - reserved, reserved=0, pattern=pattern), shipped=True)
    assert links_of(made) == links_of(usable)
    assert all(link.a.port < ports - reserved for link in links_of(made))
    assert roll_up(made).quantities == roll_up(usable).quantities


def test_spare_lanes_are_a_group_reserved_whole() -> None:
    made = fabric_of(
        LISTED.format(ports=4, reserved=0, pattern="spread").replace(
            "ports: {p:", "ports: {spare: {count: 2, lanes: 4, lane_rate: 100 Gb/s, reserved: 2}, p:", 1
        ),
        shipped=True,
    )
    spare = next(one for one in port_uses(made) if one.port == "spare")
    assert (spare.used, spare.free, spare.reserved) == (0, 0, 6)


@pytest.mark.parametrize(
    ("a", "message"),
    [
        ("'a[0].p[3]'", 'E203.*has 4 ports "p", 1 of them reserved(?s:.)*0 to 2 can have links'),
        ("'a[0].p[4]'", "E203.*has 4 ports"),
    ],
)
@pytest.mark.parametrize(
    "form", ["pattern: one_to_one, a: {a}, b: 'b[0].p[0]'", "pattern: explicit, pairs: [[{a}, 'b[0].p[0]']]"]
)
def test_a_reserved_port_that_is_named_is_refused(form: str, a: str, message: str) -> None:
    head, _, _ = LISTED.format(ports=4, reserved=1, pattern="spread").partition("links:")
    with pytest.raises(InputError, match=message):
        fabric_of(f"{head}links: {{x: {{network: scale_up, medium: dr, {form.format(a=a)}}}}}", shipped=True)


def test_more_reserved_ports_than_there_are_is_refused() -> None:
    with pytest.raises(InputError, match=r"E824.*17 of 16 ports are reserved"):
        fabric_of(TEXT.replace("RESERVED", "17"), shipped=True)


def test_expected_free_ports_leave_out_reserved_ones() -> None:
    made = fabric_of(TEXT.replace("RESERVED", "4") + "expect: {free_ports: {net/spine: 0}}\n", shipped=True)
    assert all(item.holds for item in check_expectations(made, roll_up(made)))
