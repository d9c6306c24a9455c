"""Behaviour that could be read in two ways: what was decided, each with its sentence of the docs."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers_fabric import fabric_of, figure_of
from topogen.cabling.cables import cable_of_link
from topogen.cabling.cages import cage_order
from topogen.errors import InputError
from topogen.model.expand import expand
from topogen.takeoff.roll_up import roll_up

DEVICES = """
devices:
  gpu: {role: gpu, ports: {p: {count: 4, lanes: LANES, lane_rate: 100 Gb/s, duplex: DUPLEX, cage: CAGE}}}
  box: {role: switch, ports: {p: {count: 32, lanes: LANES, lane_rate: 100 Gb/s, duplex: DUPLEX}}}
templates:
  tray: {level: tray, contains: {gpu: 2}}
"""
MEDIUM = """
catalog:
  parts: {cord: {is: cord}, engine: {is: engine}, els: {is: light}, fibre: {is: fibre}}
  media:
    plain: {kind: optical, interface: x, recipe: {}}
    other: {kind: optical, interface: x, recipe: {}}
    m:
      kind: optical
      interface: x
      fibres_per_lane: PER_LANE
      recipe:
        cord: {per: link, part: cord}
        engine: {per: pool, part: engine, serves: 8 lanes, spare: 1}
        els: {per: pool, part: els, serves: 2 engine, round_per: tray, spare: 1}
        laser_fibre: {per: pool, part: fibre, serves: 1 els, qty: 8}
"""


def text_of(
    links: str, *, lanes: int = 4, duplex: str = "uni", per_lane: str = "1", cage: str = "{links: 1}"
) -> str:
    text = DEVICES + "instances: {tray: 2, box: 1}\nlinks:\n" + links + MEDIUM
    text = text.replace("PER_LANE", f"'{per_lane}'").replace("LANES", f"{lanes}")
    return text.replace("DUPLEX", duplex).replace("CAGE", cage)


SPREAD = "  x: {network: scale_up, a: gpu.p, b: box.p, pattern: spread, medium: MEDIUM}\n"
ONE_END = SPREAD.replace("MEDIUM", "{a: m, b: plain}")


@pytest.mark.parametrize(("devices", "links"), [(2, 1), (3, 3), (4, 4)])
def test_a_ring_of_two_devices_joins_them_once(devices: int, links: int) -> None:
    """n_a x links_per_pair; n_a = 2: links_per_pair."""
    ring = "  x: {network: scale_up, a: gpu.p, pattern: ring}\n"
    text = text_of(ring).replace("{tray: 2, box: 1}", f"{{gpu: {devices}}}")
    assert figure_of(fabric_of(text), "links", "x") == links


@pytest.mark.parametrize(
    ("duplex", "lanes", "per_lane", "strands"),
    [
        ("uni", 3, "1/2", 4),
        ("bidi", 3, "1/2", 2),
        ("uni", 4, "1/2", 4),
        ("bidi", 4, "1", 4),
        ("uni", 1, "1/3", 2),
    ],
)
def test_strands_are_rounded_up_for_each_link_and_direction(
    duplex: str, lanes: int, per_lane: str, strands: int
) -> None:
    """Rounded up for each link and direction; with ``duplex: bidi`` both directions share them."""
    text = text_of(ONE_END, lanes=lanes, duplex=duplex, per_lane=per_lane)
    assert figure_of(fabric_of(text), "fibres", "x") == 16 * strands


def test_devices_that_share_cages_fill_them_port_by_port() -> None:
    """Port 0 of each device in the order of the file, then port 1 of each."""
    fabric = fabric_of(text_of(ONE_END, cage="{links: 2, on: tray}"))
    order = cage_order(fabric, 0, 0)
    cage = [[(port * order.members[gpu] + order.rank[gpu]) // 2 for gpu in (0, 1)] for port in range(4)]
    assert cage == [[0, 0], [1, 1], [2, 2], [3, 3]]


def test_links_of_one_cable_are_neighbours_in_one_cage() -> None:
    """Links of two cages never share a cable; what is left over in a cage has a cable of its own."""
    links = SPREAD.replace("MEDIUM", "{a: m, b: plain}, links_per_cable: 2")
    fabric = fabric_of(text_of(links, cage="{links: 3}"))
    (group,) = fabric.links
    columns = expand(fabric, group)
    cable = cable_of_link(fabric, group, columns)
    per_gpu = {tuple(np.sort(columns.a_port[cable == one]).tolist()) for one in range(cable.max() + 1)}
    assert per_gpu == {(0, 1), (2,), (3,)}


def test_every_place_that_needs_a_piece_gets_its_spare_and_no_other() -> None:
    """Every place that needs at least one piece gets ``spare`` more; a place that needs none gets none."""
    one_tray = ONE_END.replace("gpu.p", "tray0/gpu.p")
    found = roll_up(fabric_of(text_of(one_tray))).totals
    assert (found.engines_active, found.engines_fitted) == (2 * 2, 2 * (2 + 1))


def test_light_follows_engines_in_use_and_its_fibres_follow_light_in_use() -> None:
    """An ELS is not bought for a spare engine, and no laser fibre for a spare ELS."""
    found = roll_up(fabric_of(text_of(ONE_END))).totals
    assert (found.engines_active, found.engines_fitted) == (8, 12)
    assert found.els == 2 * (2 + 1)
    assert found.laser_fibres == 2 * 2 * 8


def test_the_last_of_two_overrides_wins_for_medium_and_length_each() -> None:
    """If several overrides match a link, the last one in the list wins, separately for both keys."""
    overrides = """
overrides:
  - {links: x, reason: first, medium: other, length: 7 m}
  - {links: scale_up, at: tray0, reason: second, medium: plain}
  - {links: x, at: tray1, reason: third, length: 9 m}
"""
    fabric = fabric_of(text_of(SPREAD.replace("MEDIUM", "plain, length: 2 m")) + overrides)
    found = {
        (group.media[0], one.length_mm): one.links
        for group in fabric.links
        if group.media
        for one in group.lengths
    }
    assert found == {("plain", 7000): 8, ("other", 9000): 8}


def test_a_role_in_a_selector_is_that_of_a_made_switch() -> None:
    """The ``role`` of a device type is not a step, and only ``expect.devices`` takes ``role gpu``."""
    text = (
        text_of("")
        .replace("links:\n", "", 1)
        .replace("gpu: {role", "h100: {role")
        .replace("{gpu: 2}", "{h100: 2}")
    )
    text += """
fabrics:
  compute: {network: scale_out, pattern: fat_tree, tiers: 2, ends: h100.p, switch: box}
"""
    fabric = fabric_of(text)
    assert figure_of(fabric, "devices", "leaf") == figure_of(fabric, "devices", "compute/leaf") > 0
    assert figure_of(fabric, "devices", "role gpu") == figure_of(fabric, "devices", "h100") == 4
    with pytest.raises((InputError, ValueError), match='"gpu" matches nothing'):
        figure_of(fabric, "devices", "gpu")


def test_like_does_not_copy_alternates() -> None:
    """Alternates are what is bought under that id only."""
    catalog = """
catalog:
  parts:
    cheap: {is: light, price_usd: 10}
    dear: {is: light, price_usd: 20}
    mixed: {is: light, layer: els_module, power_w: 9, alternates: {cheap: 50%, dear: 50%}}
    mine: {like: mixed, power_w: 8}
    own: {like: mixed, alternates: {dear: 100%}}
"""
    head = "devices: {gpu: {role: gpu}}\ninstances: {gpu: 1}\n"
    parts = fabric_of(head + catalog).catalog.parts
    assert parts["mixed"].alternates
    assert (parts["mine"].layer, dict(parts["mine"].alternates), parts["mine"].price_usd) == (
        "els_module",
        {},
        None,
    )
    assert dict(parts["own"].alternates) == {"dear": 1}
