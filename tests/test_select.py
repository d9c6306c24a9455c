from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.helpers_fabric import fabric_of
from topogen.model.path import path_name
from topogen.model.select import SelectionError, select_devices, select_places, select_ports
from topogen.selector import parse_selector

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

TWO_RACKS = """
devices:
  gpu:
    role: gpu
    ports: {nvl: {count: 18, lanes: 2, lane_rate: 200 Gb/s}, net: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}
  chip: {role: switch, ports: {nvl: {count: 8, lanes: 2, lane_rate: 200 Gb/s}}}
templates:
  tray: {level: tray, contains: {gpu: 2}}
  rack: {level: rack, contains: {tray: 3, "switch[8-9]": chip}}
  half: {level: rack, contains: {tray: 1}}
instances: {"r[01-02]": rack, r7: half, solo: half}
"""


@pytest.fixture(scope="module")
def fabric() -> Fabric:
    return fabric_of(TWO_RACKS)


def names(fabric: Fabric, selector: str) -> list[str]:
    """Return the full names of the devices a selector names."""
    pieces = select_devices(fabric.groups, parse_selector(selector))
    return [path_name(piece.path, int(number)) for piece in pieces for number in piece.devices()]


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("solo/gpu", ["solo/tray0/gpu0", "solo/tray0/gpu1"]),
        ("r7/gpu", ["r7/tray0/gpu0", "r7/tray0/gpu1"]),
        ("r[07]/gpu[1]", ["r7/tray0/gpu1"]),
        ("r01/tray[0,2]/gpu[0]", ["r01/tray0/gpu0", "r01/tray2/gpu0"]),
        ("r[1-2]/tray2/gpu1", ["r01/tray2/gpu1", "r02/tray2/gpu1"]),
        ("rack/chip", ["r01/switch8", "r01/switch9", "r02/switch8", "r02/switch9"]),
        ("switch[9]", ["r01/switch9", "r02/switch9"]),
        ("half/gpu0", ["r7/tray0/gpu0", "solo/tray0/gpu0"]),
        ("solo", ["solo/tray0/gpu0", "solo/tray0/gpu1"]),
        ("r[2]/tray[0-2:2]", ["r02/tray0/gpu0", "r02/tray0/gpu1", "r02/tray2/gpu0", "r02/tray2/gpu1"]),
    ],
)
def test_steps_stand_somewhere_below_each_other(fabric: Fabric, selector: str, expected: list[str]) -> None:
    assert names(fabric, selector) == expected


def test_no_bracket_means_all(fabric: Fabric) -> None:
    assert len(names(fabric, "gpu")) == 2 * 3 * 2 + 2 * 2


def test_a_name_of_devices_wins_over_places_of_that_name() -> None:
    text = """
devices: {box: {role: switch, ports: {n: {count: 1, lanes: 1, lane_rate: 100 Gb/s}}}}
templates: {shelf: {level: tray, contains: {box: 1}}}
instances: {"box[1-2]": shelf}
"""
    assert names(fabric_of(text), "box") == ["box1/box0", "box2/box0"]


@pytest.mark.parametrize(
    ("selector", "ports"), [("gpu.nvl", None), ("gpu.nvl[0-8]", tuple(range(9))), ("gpu.nvl[0,17]", (0, 17))]
)
def test_a_range_asks_for_exactly_those_ports(
    fabric: Fabric, selector: str, ports: tuple[int, ...] | None
) -> None:
    assert {piece.ports for piece in select_ports(fabric.groups, parse_selector(selector))} == {ports}


def test_the_only_port_group_needs_no_name(fabric: Fabric) -> None:
    assert {piece.port for piece in select_ports(fabric.groups, parse_selector("chip"))} == {0}


def test_places_are_selected_the_same_way(fabric: Fabric) -> None:
    pieces = select_places(fabric.places, parse_selector("rack/tray[2]"))
    found = [path_name(piece.path, int(number)) for piece in pieces for number in piece.devices()]
    assert found == ["r01/tray2", "r02/tray2"]


@pytest.mark.parametrize(
    ("selector", "message", "hint"),
    [
        ("gpux", '"gpux" matches nothing', 'did you mean "gpu"?'),
        ("r[3]/gpu", '"r[3]/gpu": r[3] does not exist', "r is numbered 1 to 7"),
        ("r[1-3]/gpu", '"r[1-3]/gpu": r[3] does not exist', "r is numbered 1 to 7"),
        ("r03/gpu", '"r03/gpu" matches nothing', ""),
        (
            "gpu/tray",
            '"gpu/tray" matches nothing',
            "every name exists, but they are not nested in this order",
        ),
    ],
)
def test_what_is_not_there_is_refused(fabric: Fabric, selector: str, message: str, hint: str) -> None:
    with pytest.raises(SelectionError) as refused:
        select_devices(fabric.groups, parse_selector(selector))
    assert refused.value.message == message
    assert not hint or refused.value.hint == hint


def test_a_number_of_another_rack_kind_does_not_hide_a_missing_one(fabric: Fabric) -> None:
    with pytest.raises(SelectionError, match=r"tray\[1\] does not exist"):
        select_devices(fabric.groups, parse_selector("r7/tray[0-1]/gpu"))


@pytest.mark.parametrize(
    ("selector", "message", "hint"),
    [
        ("gpu.nvlink", '"gpu.nvlink": none of these devices has a port "nvlink"', 'did you mean "nvl"?'),
        ("gpu.nvl[0-18]", '"gpu.nvl[0-18]": gpu has 18 ports "nvl"', "ports are numbered 0 to 17"),
    ],
)
def test_a_port_that_is_not_there_is_refused(fabric: Fabric, selector: str, message: str, hint: str) -> None:
    with pytest.raises(SelectionError) as refused:
        select_ports(fabric.groups, parse_selector(selector))
    assert (refused.value.message, refused.value.hint) == (message, hint)
