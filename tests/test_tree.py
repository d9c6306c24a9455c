from __future__ import annotations

import pytest

from tests.helpers_fabric import fabric_of
from topogen.errors import InputError
from topogen.model.fabric import Fabric, device_name

GPU = (
    "devices: {gpu: {role: gpu, dies: 2}, tall: {role: host, height_u: 4}, q3450: {role: switch},"
    " flat: {role: host, height_u: 0.75}, half: {role: host, width: half}}\n"
)


def names(fabric: Fabric) -> list[str]:
    return [device_name(fabric, device) for device in range(fabric.n_devices)]


def rack(slots: str) -> Fabric:
    """Return one rack with these slots."""
    return fabric_of(
        f"{GPU}templates: {{nvl: {{level: rack, slots: {{{slots}}}}}}}\ninstances: {{r1: nvl}}\n"
    )


@pytest.mark.parametrize(
    ("instances", "first", "last"),
    [
        ("gpu: 4", "gpu0", "gpu3"),
        ("gpu: 10", "gpu0", "gpu9"),
        ("gpu: 100", "gpu0", "gpu99"),
        ("q3450: 2", "q3450_0", "q3450_1"),
        ("'a[1-12]': gpu", "a1", "a12"),
        ("'a[01-12]': gpu", "a01", "a12"),
        ("'h100[3-4]': gpu", "h100_3", "h100_4"),
        ("r1: gpu", "r1", "r1"),
        ("only: gpu", "only", "only"),
        ("'a[7,3]': gpu", "a7", "a3"),
    ],
)
def test_names_and_their_padding(instances: str, first: str, last: str) -> None:
    found = names(fabric_of(f"{GPU}instances: {{{instances}}}\n"))
    assert (found[0], found[-1]) == (first, last)


def test_a_full_name_is_the_path() -> None:
    templates = (
        "templates: {chip: {level: board, contains: {gpu: 2}}, tray: {level: tray, contains: {chip: 12}}}\n"
    )
    found = names(fabric_of(f"{GPU}{templates}instances: {{'r[01-02]': tray}}\n"))
    assert (found[0], found[-1]) == ("r01/chip0/gpu0", "r02/chip11/gpu1")


def test_devices_and_places_are_numbered_one_after_the_other() -> None:
    templates = (
        "templates: {tray: {level: tray, contains: {gpu: 2}}, wide: {level: tray, contains: {gpu: 3}}}\n"
    )
    fabric = fabric_of(f"{GPU}{templates}instances: {{tray: 2, wide: 2, gpu: 1}}\n")
    assert [(group.first, group.count) for group in fabric.groups] == [(0, 4), (4, 6), (10, 1)]
    assert [(place.first, place.count) for place in fabric.places] == [(0, 2), (2, 2)]


@pytest.mark.parametrize(
    ("slots", "units"),
    [
        ("U11-13: gpu", [11, 12, 13]),
        ("U7: gpu", [7]),
        ("U1-10: tall", [1, 5]),
        ("'U1-10': {gpu: 4}", [1, 3, 6, 8]),
        ("'U19-32': {gpu: 14}", list(range(19, 33))),
        ("'U1-3': {flat: 4}", [1, 1, 2, 3]),
        ("U1-3: flat", [1, 1, 2, 3]),
        ("U1-2: half", [1, 1, 2, 2]),
        ("'U5-8': {half: 3}", [5, 5, 7]),
        ("U9-10: gpu, U20-27: tall, U1-2: gpu", [9, 10, 1, 2, 20, 24]),
    ],
)
def test_slots_hold_as_many_as_fit_or_spread_what_is_stated(slots: str, units: list[int]) -> None:
    fabric = rack(slots)
    assert fabric.sites.unit[: len(units)].tolist() == units


def test_two_types_in_one_rack_stand_where_their_slots_are() -> None:
    fabric = rack("U1-2: gpu, U10-17: tall")
    assert dict(zip(names(fabric), fabric.sites.unit.tolist(), strict=True)) == {
        "r1/gpu0": 1, "r1/gpu1": 2, "r1/tall0": 10, "r1/tall1": 14,
    }  # fmt: skip


@pytest.mark.parametrize(
    "slots",
    [
        "U1-10: gpu, U10: tall",
        pytest.param("'U1-10': {tall: 5}", id="five of 4 U spread over 10 U"),
        pytest.param("U1-3: tall", id="4 U in 3 U: nothing fits"),
    ],
)
def test_what_does_not_fit_a_slot_is_refused(slots: str) -> None:
    with pytest.raises(InputError):
        rack(slots)


def test_contents_of_a_slot_stand_at_its_u() -> None:
    templates = (
        "templates: {tray: {level: tray, contains: {gpu: 2}}, nvl: {level: rack, slots: {U3-4: tray}}}\n"
    )
    fabric = fabric_of(f"{GPU}{templates}instances: {{'r[1-2]': nvl}}\n")
    assert fabric.sites.unit.tolist() == [3, 3, 4, 4] * 2
    assert fabric.sites.rack.tolist() == [0] * 4 + [1] * 4


@pytest.mark.parametrize("instances", ["gpu: 50000001", "'a[0-999999999]': gpu"])
def test_a_slip_of_the_keyboard_makes_no_billion_devices(instances: str) -> None:
    with pytest.raises(InputError, match="E702"):
        fabric_of(f"{GPU}instances: {{{instances}}}\n")


def test_more_ports_than_a_column_can_number_are_refused() -> None:
    ports = "ports: {p: {count: 40000, lanes: 1, lane_rate: 100 Gb/s}}"
    with pytest.raises(InputError):
        fabric_of(f"devices: {{gpu: {{role: gpu, {ports}}}}}\ninstances: {{gpu: 1}}\n")


def test_none_of_something_is_no_mistake() -> None:
    assert fabric_of(f"{GPU}instances: {{gpu: 0, tall: 2}}\n").n_devices == 2
